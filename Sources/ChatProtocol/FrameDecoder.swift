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
        let bytes = buffer.span.extracting(droppingFirst: start)
        guard let length = Self.length(bytes) else { return Frame.headerSize - bytes.count }
        return max(0, Frame.headerSize + length - bytes.count)
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
        var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        return try next(from: &nothing)
    }

    /// The same, from bytes that `append` has not been given: a message that they hold whole is decoded where they
    /// are. What is left of them goes to `append` when they can stay there no longer.
    ///
    /// - Parameter arrived: Those that are taken are taken off its beginning.
    public mutating func next(from arrived: inout UnsafeRawBufferPointer) throws(ProtocolError) -> Message? {
        if let failure { throw failure }
        do throws(ProtocolError) {
            guard isAtBoundary else {
                buffer.append(contentsOf: arrived)
                arrived = UnsafeRawBufferPointer(start: nil, count: 0)
                return try nextOfBuffer()
            }
            let bytes = Span<UInt8>(_bytes: arrived.bytes)
            guard let frame = try frame(at: bytes) else { return nil }
            arrived = UnsafeRawBufferPointer(rebasing: arrived[frame.size...])
            return try message(frame, bytes)
        } catch {
            failure = error
            buffer = []
            start = 0
            throw error
        }
    }

    private mutating func nextOfBuffer() throws(ProtocolError) -> Message? {
        guard let (message, size) = try firstInBuffer() else { return nil }
        start += size
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
            start = 0
        } else if start > buffer.count / 2 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        return message
    }

    private func firstInBuffer() throws(ProtocolError) -> (Message, size: Int)? {
        let bytes = buffer.span.extracting(droppingFirst: start)
        guard let frame = try frame(at: bytes) else { return nil }
        return (try message(frame, bytes), frame.size)
    }

    /// What the frame at the beginning of these bytes is, and its size with the length field; nil until it is whole.
    private func frame(at bytes: Span<UInt8>) throws(ProtocolError) -> (kind: Kind, size: Int)? {
        guard let length = Self.length(bytes) else { return nil }
        guard length > 0 else { throw .emptyFrame }
        guard length <= limit else { throw .frameTooLarge(length: length, limit: limit) }
        guard bytes.count > Frame.headerSize else { return nil }
        let number = bytes[Frame.headerSize]
        guard let kind = Kind(rawValue: number) else { throw .unknownKind(number) }
        guard kind.sender == sender else { throw .wrongSide(kind) }
        guard kind.bodyLengths.contains(length - 1) else { throw .malformedBody(kind) }
        let size = Frame.headerSize + length
        return bytes.count >= size ? (kind, size) : nil
    }

    /// The length field, or nil until all four bytes are there. It fits any Int: it has 32 bits.
    private static func length(_ bytes: Span<UInt8>) -> Int? {
        guard bytes.count >= Frame.headerSize else { return nil }
        return Int(bytes[0]) << 24 | Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
    }

    private func message(_ frame: (kind: Kind, size: Int), _ bytes: Span<UInt8>) throws(ProtocolError) -> Message {
        let body = bytes.extracting(Frame.headerSize + 1..<frame.size)
        switch frame.kind {
        case .question: return .question(try Self.text(frame.kind, body))
        case .answer: return .answer(try Self.text(frame.kind, body))
        case .exit: return .exit
        case .error:
            let code = UInt16(body[0]) << 8 | UInt16(body[1])
            return .error(ErrorCode(rawValue: code), try Self.text(frame.kind, body.extracting(droppingFirst: 2)))
        case .padding: return .padding(body.count)
        }
    }

    private static func text(_ kind: Kind, _ bytes: Span<UInt8>) throws(ProtocolError) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes))
        } catch {
            throw .notUTF8(kind)
        }
    }
}
