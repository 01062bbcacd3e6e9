import NIOCore

/// Classic NIO: a handler on the event loop. All answers of one read go out in one flush.
final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let answer = QuestionDecoder.answer(to: unwrapInboundIn(data)) {
            context.write(wrapOutboundOut(answer), promise: nil)
        } else {
            context.flush()
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
