import NIOCore

/// The frames of the chat protocol, as far as an echo needs them: each comes as its bytes with the length field.
struct QuestionDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    private static let limit: UInt32 = 65_536
    static let question: UInt8 = 1
    static let answer: UInt8 = 2

    struct Malformed: Error {}

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return .needMoreData }
        guard (1...Self.limit).contains(length) else { throw Malformed() }
        guard let frame = buffer.readSlice(length: 4 + Int(length)) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(frame))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }

    /// Turns a question into its answer; nil for exit and everything else that ends the conversation.
    static func answer(to frame: ByteBuffer) -> ByteBuffer? {
        guard frame.getInteger(at: frame.readerIndex + 4, as: UInt8.self) == question else { return nil }
        var frame = frame
        frame.setInteger(answer, at: frame.readerIndex + 4)
        return frame
    }
}
