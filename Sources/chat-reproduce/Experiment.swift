import Glibc
import Subprocess
import SystemPackage
import TCPSockets

/// One cell of the table: a server, a conversation, and a second one at once.
struct Experiment {
    enum Bind: String, CaseIterable {
        case implicit, explicit
        case explicitReuse = "explicit + SO_REUSEADDR"
    }

    struct Outcome {
        let bind: Bind
        let strategy: CloseStrategy
        let clientState: TCPState?
        let serverState: TCPState?
        let reconnect: ClientRun
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The folder in which the executables lie beside this one.
    private let folder: FilePath

    init() throws {
        // proc(5): the name under which the kernel runs this program.
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { throw Failure(description: "/proc/self/exe cannot be read") }
        let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        folder = FilePath(path).removingLastComponent()
    }

    func run(_ bind: Bind, _ strategy: CloseStrategy) async throws -> Outcome {
        try await withServer { server in
            var arguments = ["--port", "\(server.endpoint.port)", "--close", strategy.rawValue, "--trace", "json"]
            if bind != .implicit { arguments += ["--local-port", "\(try freePort())"] }
            if bind == .explicitReuse { arguments.append("--reuse-address") }
            let first = try await converse(arguments, with: server, clientActsFirst: strategy.actsAtOnce)
            guard first.status == 0, let local = first.local else {
                throw Failure(description: "the first conversation failed: \(first.complaint)")
            }
            let states = try await settledStates(of: local, and: server.endpoint)
            let second = try await converse(arguments, with: server, clientActsFirst: strategy.actsAtOnce)
            return Outcome(
                bind: bind, strategy: strategy, clientState: states.client, serverState: states.server,
                reconnect: second)
        }
    }

    private struct Server: Sendable {
        let endpoint: Endpoint
        let process: pid_t

        /// Stops all its threads, and returns when they stand: a signal alone is only on its way.
        func stop() throws {
            var information = siginfo_t()
            guard kill(process, SIGSTOP) == 0, waitid(P_PID, id_t(process), &information, WSTOPPED) == 0 else {
                throw Failure(description: "the server cannot be stopped: \(String(cString: strerror(errno)))")
            }
        }

        func goOn() {
            kill(process, SIGCONT)
        }
    }

    /// Runs a block while a server listens on a free port.
    private func withServer(
        _ body: @Sendable @escaping (Server) async throws -> Outcome
    ) async throws -> Outcome {
        let result = try await Subprocess.run(
            .path(folder.appending("chat-server")),
            arguments: ["--port", "0", "--answer", "echo", "--log-level", "error"],
            input: .none, output: .sequence, error: .currentStandardError
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let greeting = try await lines.next() ?? ""
            guard let port = greeting.split(separator: ":").last.flatMap({ UInt16($0) }) else {
                throw Failure(description: "the server did not say where it listens: \(greeting)")
            }
            let server = Server(
                endpoint: Endpoint(.loopbackV4, port: port), process: execution.processIdentifier.value)
            let outcome = try await body(server)
            try execution.send(signal: .terminate)
            return outcome
        }
        return result.closureResult
    }

    /// Asks one question and says exit.
    ///
    /// - Parameter clientActsFirst: Whether the server is stopped from before `exit` until the client has left
    ///   ESTABLISHED. On one machine either side may be the faster one; in the article it was the client.
    private func converse(
        _ arguments: [String], with server: Server, clientActsFirst: Bool
    ) async throws -> ClientRun {
        let result = try await Subprocess.run(
            .path(folder.appending("chat-client")), arguments: Arguments(arguments),
            input: .inputWriter, output: .sequence, error: .string(limit: 1_048_576)
        ) { execution in
            var answers = execution.standardOutput.strings().makeAsyncIterator()
            // A client that could not connect has gone by now, and takes no question.
            _ = try? await execution.standardInputWriter.write("hello\n")
            let hasAnswer = try await answers.next() != nil
            let stops = hasAnswer && clientActsFirst
            if stops { try server.stop() }
            defer { if stops { server.goOn() } }
            try await execution.standardInputWriter.finish()
            if stops { try await untilNoClientIsEstablished(at: server.endpoint) }
            server.goOn()
            while try await answers.next() != nil {}
        }
        return ClientRun(status: result.terminationStatus, standardError: result.standardError)
    }

    private func untilNoClientIsEstablished(at server: Endpoint) async throws {
        let table = try SocketTable()
        let deadline = ContinuousClock.now + .seconds(10)
        while try table.entries().contains(where: { $0.remote == server && $0.state == .established }) {
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "the client is still connected 10 s after the end of its input")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// What the kernel keeps on either side, once neither is in a state that only passes.
    private func settledStates(
        of client: Endpoint, and server: Endpoint
    ) async throws -> (client: TCPState?, server: TCPState?) {
        let deadline = ContinuousClock.now + .seconds(2)
        while true {
            let table = try SocketTable()
            let ours = try table.find(local: client, remote: server)?.state
            let theirs = try table.find(local: server, remote: client)?.state
            let settled = [ours, theirs].allSatisfy { $0 == nil || $0 == .timeWait }
            if settled || ContinuousClock.now > deadline { return (ours, theirs) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// A port that nobody uses: the kernel chooses it for a socket that never connects.
    private func freePort() throws -> UInt16 {
        let socket = try TCPSocket(.v4)
        let port = Result {
            try socket.bind(to: Endpoint(.anyV4, port: 0))
            return try socket.localEndpoint().port
        }
        try socket.close()
        return try port.get()
    }
}

extension CloseStrategy {
    /// Whether the client acts without waiting for the server.
    fileprivate var actsAtOnce: Bool { self != .delay && self != .passive }
}
