/// Bytes in, messages out: however the stream is split, the same bytes give the same messages.
///
///     [00 00 00 02 01][68 00]      two reads
///     → question("h"), and one byte of the next length is kept
///
/// A frame is refused as early as its bytes allow: a bad length after four bytes, a bad kind, or a length that
/// the kind cannot have, after five, and a name's that does not fit that, after six. So a peer that announces 4 GiB costs four bytes of memory and not more.
public struct FrameDecoder: Sendable {
    private let sender: Role
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
    public init(from sender: Role, limit: Int = Frame.defaultLimit) {
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
        return try nextFrame(from: &nothing)?.message
    }

    /// The next whole frame, from bytes that `append` has not been given: a frame that they hold whole stays where it
    /// is. What is left of them goes to `append` when their place is needed.
    ///
    /// - Parameter arrived: Those that are taken are taken off its beginning.
    /// - Throws: `ProtocolError`, and the same one again ever after.
    public mutating func nextFrame(from arrived: inout UnsafeRawBufferPointer) throws(ProtocolError) -> WholeFrame? {
        if let failure { throw failure }
        do throws(ProtocolError) {
            guard isAtBoundary else {
                buffer.append(contentsOf: arrived)
                arrived = UnsafeRawBufferPointer(start: nil, count: 0)
                return try nextFrameInBuffer()
            }
            guard let (kind, size) = try frame(at: Span(_bytes: arrived.bytes)) else { return nil }
            let body = UnsafeRawBufferPointer(rebasing: arrived[Frame.headerSize + 1..<size])
            arrived = UnsafeRawBufferPointer(rebasing: arrived[size...])
            return WholeFrame(kind, .arrived(body))
        } catch {
            failure = error
            buffer = []
            start = 0
            throw error
        }
    }

    private mutating func nextFrameInBuffer() throws(ProtocolError) -> WholeFrame? {
        guard let (kind, size) = try frame(at: buffer.span.extracting(droppingFirst: start)) else { return nil }
        let body = Array(buffer[start + Frame.headerSize + 1..<start + size])
        start += size
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
            start = 0
        } else if start > buffer.count / 2 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        return WholeFrame(kind, .gathered(body))
    }

    /// What the frame at the beginning of these bytes is, and its size with the length field; nil until it is whole.
    private func frame(at bytes: Span<UInt8>) throws(ProtocolError) -> (kind: Kind, size: Int)? {
        guard let length = Self.length(bytes) else { return nil }
        guard length > 0 else { throw .emptyFrame }
        guard length <= limit else { throw .frameTooLarge(length: length, limit: limit) }
        guard bytes.count > Frame.headerSize else { return nil }
        let number = bytes[Frame.headerSize]
        guard let kind = Kind(rawValue: number) else { throw .unknownKind(number) }
        guard kind.sender == sender else { throw .wrongRole(kind) }
        guard kind.bodyLengths.contains(length - 1) else { throw .malformedBody(kind) }
        if kind == .proof, bytes.count > Frame.headerSize + 1,
            Int(bytes[Frame.headerSize + 1]) != length - 1 - Proof.overhead
        {
            throw .malformedBody(kind)
        }
        let size = Frame.headerSize + length
        guard bytes.count >= size else { return nil }
        let text = kind.text(inBodyOf: length - 1)
        guard Self.isText(bytes.extracting(droppingFirst: Frame.headerSize + 1).extracting(text)) else {
            throw .notUTF8(kind)
        }
        return (kind, size)
    }

    /// The length field, or nil until all four bytes are there. It fits any Int: it has 32 bits.
    private static func length(_ bytes: Span<UInt8>) -> Int? {
        guard bytes.count >= Frame.headerSize else { return nil }
        return Int(bytes[0]) << 24 | Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
    }

    private static func isText(_ bytes: Span<UInt8>) -> Bool {
        (try? UTF8Span(validating: bytes)) != nil
    }
}
