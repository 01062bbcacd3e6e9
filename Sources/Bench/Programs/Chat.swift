import Glibc
package import Recordings
package import TCPSockets

/// The executables under observation, and how the laboratory calls them.
package struct Chat: Sendable {
    /// Where the server listens.
    package static let port: UInt16 = 7000
    /// The question that every conversation asks.
    package static let question = "ping"

    private let folder: String

    /// - Parameter folder: Where `chat-server` and `chat-client` lie; nil for beside this program.
    package init(folder: String? = nil) throws {
        self.folder = try folder ?? Self.ownFolder()
        for name in ["chat-server", "chat-client"] where access(path(name), X_OK) != 0 {
            throw LaboratoryError("\(path(name)) does not exist; build it first: swift build")
        }
    }

    private static func ownFolder() throws -> String {
        let path = try ownPath()
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    package func server(_ endpoint: Endpoint, _ arguments: [String]) -> [String] {
        [path("chat-server"), "--host", "\(endpoint.address)", "--port", "\(endpoint.port)", "--answer", "echo"]
            + ["--trace", "json", "--log-level", "info"] + arguments
    }

    package func client(to endpoint: Endpoint, _ arguments: [String]) -> [String] {
        [path("chat-client"), "--host", "\(endpoint.address)", "--port", "\(endpoint.port)", "--no-history"]
            + ["--trace", "json"] + arguments
    }

    /// The client that prints a fresh key.
    package func newIdentity(named name: String) -> [String] { [path("chat-client"), "--new-identity", name] }
}

/// A server that listens on a host.
package struct ListeningServer: Sendable {
    package let program: Program
    package let endpoint: Endpoint

    package init(program: Program, endpoint: Endpoint) {
        (self.program, self.endpoint) = (program, endpoint)
    }

    /// How a client's conversation ended, by the server's trace.
    ///
    /// - Parameter count: So many ends were told before it began.
    package func ending(
        of client: Endpoint, after count: Int = 0, within time: Duration = Pace.current.patience
    ) async throws -> ConversationEnd.Way {
        try await program.output.until("\(program.name) to see the end of \(client)", within: time) { output in
            if let end = output.ends.dropFirst(count).first(where: { $0.client == client }) { return end.way }
            if output.messagesAreOver { throw LaboratoryError("the server ended: \(output.messages)") }
            return nil
        }
    }
}

extension World {
    /// Runs a chat-server on a host as long as a block runs; SIGTERM ends it then.
    ///
    /// - Returns: The server, ended.
    @discardableResult
    package func withServer(
        _ chat: Chat, on side: Side = .server, _ family: IPAddress.Family = .v4, _ arguments: [String] = [],
        _ body: @escaping @Sendable (ListeningServer) async throws -> Void
    ) async throws -> FinishedProgram {
        let endpoint = Endpoint(side.address(family), port: Chat.port)
        return try await self[side].run(chat.server(endpoint, arguments)) { program in
            guard try await program.nextLine("to listen") == "listening on \(endpoint)" else {
                // What it says about that may still be under way.
                program.endInput()
                program.signal(SIGTERM)
                let messages = try await program.output.until("the last words of \(program.name)") { output in
                    output.messagesAreOver ? output.messages : nil
                }
                throw LaboratoryError("chat-server does not listen: \(messages)")
            }
            try await body(ListeningServer(program: program, endpoint: endpoint))
            program.signal(SIGTERM)
        }
    }

    /// Runs a chat-client that asks one question and says exit.
    package func converse(
        _ chat: Chat, from side: Side = .client, with server: Endpoint, _ arguments: [String],
        beforeExit: @escaping @Sendable (Program) async throws -> Void = { _ in }
    ) async throws -> FinishedProgram {
        try await self[side].run(chat.client(to: server, arguments)) { program in
            program.say(Chat.question)
            // A client that cannot connect answers nothing and ends.
            guard try await program.nextLine("to show the answer to its question, or to end") != nil else { return }
            try await beforeExit(program)
        }
    }
}
