import Glibc
import NIOCore
import NIOPosix

/// An echo server for the chat protocol over SwiftNIO: nio-peer handlers|async PORT [LOOPS]
@main
struct NIOPeer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let port = Int(arguments[2]) else { fatalError("nio-peer handlers|async PORT [LOOPS]") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        switch arguments[1] {
        case "handlers": try await serveByHandlers(bootstrap, port: port)
        default: try await serveByTasks(bootstrap, port: port)
        }
    }

    private static func listening(_ channel: any Channel) {
        // Standard output may be a pipe, and print() would keep the line in its buffer.
        let line = Array("listening on 127.0.0.1:\(channel.localAddress?.port ?? 0)\n".utf8)
        _ = write(STDOUT_FILENO, line, line.count)
    }

    private static func serveByHandlers(_ bootstrap: ServerBootstrap, port: Int) async throws {
        let channel = try await bootstrap.childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                // Of a peer that reads no answers no more questions are taken.
                try channel.pipeline.syncOperations.addHandler(BackPressureHandler())
                try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(QuestionDecoder()))
                try channel.pipeline.syncOperations.addHandler(EchoHandler())
            }
        }.bind(host: "127.0.0.1", port: port).get()
        listening(channel)
        try await channel.closeFuture.get()
    }

    private static func serveByTasks(_ bootstrap: ServerBootstrap, port: Int) async throws {
        // The answer is written by a task: without this, a FIN right behind a question would close the channel before that.
        let bootstrap = bootstrap.childChannelOption(.allowRemoteHalfClosure, value: true)
        let server = try await bootstrap.bind(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(QuestionDecoder()))
                return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        listening(server.channel)
        // Discarding, so that a finished conversation leaves no result behind to be collected.
        try await withThrowingDiscardingTaskGroup { tasks in
            try await server.executeThenClose { clients in
                for try await client in clients { tasks.addTask { await converse(client) } }
            }
        }
    }

    private static func converse(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        // A connection that is lost ends only this conversation.
        try? await client.executeThenClose { questions, answers in
            for try await question in questions {
                guard let answer = QuestionDecoder.answer(to: question) else { return }
                try await answers.write(answer)
            }
        }
    }
}
