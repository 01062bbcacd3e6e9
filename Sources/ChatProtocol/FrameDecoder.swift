/// Bytes in, messages out: however the stream is split, the same bytes give the same messages.
///
///     [00 00 00 02 01][68 00]      two reads
///     → question("h"), and one byte of the next length is kept
///
/// A frame is refused as early as its bytes allow: a bad length after four bytes, a bad kind, or a length that
/// the kind cannot have, after five. So a peer that announces 4 GiB costs four bytes of memory and not more.
public struct FrameDecoder: Sendable {
    private let sender: Side
    private let limit: Int
    /// Bytes that are not decoded yet, from `start` on. A large buffer is given back to the allocator as soon as
    /// nothing is left, so that an idle conversation holds next to nothing.
    private var buffer: [UInt8] = []
    private var start = 0
    private static let keptCapacity = 256
    /// Once a peer has broken the protocol, nothing it says after that can be trusted to mean anything.
    private var failure: ProtocolError?

    /// - Parameters:
    ///   - sender: The side whose frames these are.
    ///   - limit: The largest length to accept.
    public init(from sender: Side, limit: Int = Frame.defaultLimit) {
        self.sender = sender
        self.limit = min(limit, Frame.highestLimit)
    }

    /// Whether the bytes so far end with a whole frame, which tells a clean end of stream from a truncation.
    public var isAtBoundary: Bool { start == buffer.count }

    /// How many bytes are missing until the next decision: the rest of a length, or the rest of a frame. A
    /// reader that takes exactly so many never reads beyond the frame.
    public var missing: Int {
        let available = buffer.count - start
        guard available >= Frame.headerSize else { return Frame.headerSize - available }
        return max(0, Frame.headerSize + length - available)
    }

    /// Takes in bytes that arrived; once the peer has broken the protocol, forgets them.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil else { return }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message, or nil until more bytes come.
    ///
    /// - Throws: `ProtocolError`, and the same one again ever after.
    public mutating func next() throws(ProtocolError) -> Message? {
        if let failure { throw failure }
        do throws(ProtocolError) {
            return try decode()
        } catch {
            failure = error
            buffer = []
            start = 0
            throw error
        }
    }

    private mutating func decode() throws(ProtocolError) -> Message? {
        let available = buffer.count - start
        guard available >= Frame.headerSize else { return nil }
        let length = length
        guard length > 0 else { throw .emptyFrame }
        guard length <= limit else { throw .frameTooLarge(length: length, limit: limit) }
        guard available > Frame.headerSize else { return nil }
        let number = buffer[start + Frame.headerSize]
        guard let kind = Kind(rawValue: number) else { throw .unknownKind(number) }
        guard kind.sender == sender else { throw .wrongSide(kind) }
        guard kind.bodyLengths.contains(length - 1) else { throw .malformedBody(kind) }
        guard available >= Frame.headerSize + length else { return nil }
        let bodyStart = start + Frame.headerSize + 1
        let message = try Self.message(kind, buffer, bodyStart..<bodyStart + length - 1)
        start += Frame.headerSize + length
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
            start = 0
        } else if start > buffer.count / 2 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        return message
    }

    /// The length field, of which all four bytes are there. It fits any Int: it has 32 bits.
    private var length: Int {
        Int(UInt32(bigEndian: buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt32.self) }))
    }

    private static func message(
        _ kind: Kind, _ buffer: [UInt8], _ body: Range<Int>
    ) throws(ProtocolError) -> Message {
        switch kind {
        case .question: return .question(try text(kind, buffer, body))
        case .answer: return .answer(try text(kind, buffer, body))
        case .exit: return .exit
        case .error:
            let code = UInt16(buffer[body.lowerBound]) << 8 | UInt16(buffer[body.lowerBound + 1])
            return .error(ErrorCode(rawValue: code), try text(kind, buffer, body.dropFirst(2)))
        case .padding: return .padding(body.count)
        }
    }

    private static func text(
        _ kind: Kind, _ buffer: [UInt8], _ body: Range<Int>
    ) throws(ProtocolError) -> String {
        do {
            return String(copying: try UTF8Span(validating: buffer.span.extracting(body)))
        } catch {
            throw .notUTF8(kind)
        }
    }
}
