import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets
import Text

/// Whether a server can listen again at once, with different sockets of its predecessor still on the port.
struct ServerRestart: Experiment {
    let id = "server-restart"
    let claims = ["C1", "C2", "C3", "C4"]
    let claimed = """
        If the client closes first, the server's port can be reused at once (C1); if the server closes first, restarting \
        it fails (C2), unless SO_REUSEADDR is set before bind() (C3), which helps against TIME-WAIT only (C4).
        """
    let done = """
        The first server leaves a socket on its port in the variant's state, and stops listening. A second \
        server starts on the same port: without SO_REUSEADDR, with it on both, and with it on the second only.
        """
    let lookFor = "What is on the port, and whether the second server's bind() and listen() succeed."

    /// What the first server leaves behind.
    private enum Remains: String, CaseIterable {
        /// The client closed first.
        case nothing
        /// The server closed first.
        case timeWait = "time-wait"
        /// The server was killed, and the client does not close.
        case finWait2 = "fin-wait-2"
        /// The server no longer listens, but a conversation still goes on.
        case established
        /// The first server is still there.
        case listener

        var state: TCPState {
            switch self {
            case .nothing: .closed
            case .timeWait: .timeWait
            case .finWait2: .finWait2
            case .established: .established
            case .listener: .listen
            }
        }

        /// Where it is written what bind() and listen() make of it.
        var source: String {
            switch self {
            case .nothing: "RFC 9293 section 3.6; net/ipv4/inet_connection_sock.c, inet_csk_get_port"
            case .timeWait: "socket(7); net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict"
            case .finWait2, .established: "net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict"
            case .listener: "socket(7): not while a listener has the port"
            }
        }
    }

    private struct Outcome: Sendable {
        let state: TCPState
        /// How long that socket lasts by the kernel's timer, counted from the segment that led to it: seconds; nil without one.
        let lasts: Double?
        let failure: String?
        let recording: Recording

        var how: String { failure.map { "failed: \($0)" } ?? "succeeded" }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var findings: [Finding] = []
        var recordings: [Recording] = []
        var others: [(remains: Remains, outcome: Outcome)] = []
        for remains in Remains.allCases {
            for reuses in [false, true] {
                let outcome = try await restart(laboratory, remains, old: reuses, new: reuses)
                recordings.append(outcome.recording)
                findings += judge(remains, reuses, outcome)
                if reuses, ![.nothing, .timeWait].contains(remains) { others.append((remains, outcome)) }
            }
        }
        // Broken on purpose: the old one had it too.
        let mixed = try await restart(
            laboratory, .timeWait, old: laboratory.breaksPremise, new: true, name: "new-reuse")
        return ExperimentResult(
            id, findings + [newServerOnly(mixed), onlyTimeWait(others)], recordings: recordings + [mixed.recording])
    }

    private func judge(_ remains: Remains, _ reuses: Bool, _ outcome: Outcome) -> [Finding] {
        let option = reuses ? "with SO_REUSEADDR on both servers" : "without SO_REUSEADDR"
        let time = outcome.lasts.map { " for \($0.fixed(1)) s" } ?? ""
        let left = outcome.state == .closed ? "nothing" : "a socket in \(outcome.state)\(time)"
        let seen = "With \(left) on the port, restarting the server \(option) \(outcome.how)"
        func finding(_ claim: String, _ holds: Bool) -> Finding {
            Finding(claim, holds: holds, because: "\(seen) (\(remains.source)).", evidence: [id])
        }
        let works = outcome.failure == nil
        switch (remains, reuses) {
        case (.nothing, false): return [finding("C1", works)]
        case (.timeWait, false):
            let lasts = outcome.lasts.map { MatrixCells.oneToFourMinutes.contains($0) } ?? false
            return [finding("C2", !works && lasts)]
        case (.timeWait, true): return [finding("C3", works)]
        default: return []
        }
    }

    /// C3, where the first release of a server lacked the option.
    private func newServerOnly(_ outcome: Outcome) -> Finding {
        Finding(
            "C3", holds: outcome.failure == nil, under: .others("where the old server lacked it"),
            because:
                "With a socket in \(outcome.state) on the port, restarting the server with SO_REUSEADDR on the new one "
                + "only \(outcome.how) (socket(7); net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict).",
            evidence: [id])
    }

    /// C4 says "only": one other state in which the option helps is enough against it.
    private func onlyTimeWait(_ others: [(remains: Remains, outcome: Outcome)]) -> Finding {
        let seen = others.map { "a socket in \($0.outcome.state) on the port, it \($0.outcome.how)" }
        return Finding(
            "C4", holds: others.allSatisfy { $0.outcome.failure != nil },
            because:
                "Restarting the server with SO_REUSEADDR on both servers: with \(seen.joined(separator: "; with ")) "
                + "(socket(7); net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict).",
            evidence: [id])
    }

    /// - Parameter name: Of the recording, where the servers differ.
    private func restart(
        _ laboratory: Laboratory, _ remains: Remains, old: Bool, new: Bool, name: String? = nil
    ) async throws -> Outcome {
        // Broken on purpose: without the option.
        let isBroken = laboratory.breaksPremise && name == nil
        func option(_ isSet: Bool) -> [String] { [isSet && !isBroken ? "--reuse-address" : "--no-reuse-address"] }
        let (first, reuse) = (option(old), option(new))
        let breaksOrder = laboratory.breaksPremise && !new
        // An answerer that never answers keeps a conversation going while the server drains; it ends with its input. Its output
        // stays open: `cat >/dev/null` would have closed it, where the shell becomes that cat.
        let drain = Int(Pace.current.scaled(.seconds(15)).inSeconds)
        let answer =
            remains == .established
            ? ["--answer", "exec:while read -r line; do :; done", "--drain-timeout", "\(drain)"] : []
        return try await Scene.play(laboratory, server: first + answer) { scene in
            let second = ConditionVariable<(before: StateSample, program: FinishedProgram)?>(nil)
            let start: @Sendable (FourTuple) async throws -> Void = { connection in
                let before = try scene.world.wire.sample(of: connection)
                let command = laboratory.chat.server(scene.server.endpoint, reuse)
                let program = try await scene.world.server.run(command) { program in
                    if try await program.nextLine() != nil { program.signal(15) }
                }
                // Where it was still there, the first server's listener answered for a connection that is gone.
                second.change { $0 = (before, program) }
            }
            // Broken on purpose: the other side closes first; with SO_REUSEADDR, the option is left out instead.
            try await leave(remains, in: scene, breaksPremise: breaksOrder, then: start)
            guard let (before, program) = second.state else { throw LaboratoryError("no second server was started") }
            let state = before.states.state(.server)
            guard state == remains.state || laboratory.breaksPremise else {
                throw LaboratoryError("the server's host keeps \(state), and not \(remains.state), on the port")
            }
            let failed = program.calls.first { $0.result < 0 && [.bind, .listen].contains($0.call) }
            guard failed != nil || program.listened else {
                throw LaboratoryError("the second server did not come to listen: \(program.account)")
            }
            return Outcome(
                state: state,
                lasts: before.lifetime(of: .server, in: scene.segments(of: before.connection)),
                failure: failed.map { "\($0.call.rawValue)() with \($0.errno?.name ?? "?")" },
                recording: scene.recording("\(remains.rawValue)-\(name ?? (new ? "reuse" : "plain"))"))
        }
    }

    /// Brings about what is to be left on the port, and starts the second server while it is there.
    private func leave(
        _ remains: Remains, in scene: Scene, breaksPremise: Bool,
        then start: @escaping @Sendable (FourTuple) async throws -> Void
    ) async throws {
        let port = FourTuple(
            client: Endpoint(scene.world.client.address(scene.laboratory.family), port: 50_001),
            server: scene.server.endpoint)
        let server = scene.server.program
        switch remains {
        case .nothing, .timeWait:
            let serverIsFirst = (remains == .timeWait) != breaksPremise
            _ =
                try await serverIsFirst
                ? scene.converse(fixedPort + ["--close", "passive"], rules: []) : scene.converse(fixedPort)
            server.signal(9)
            try await server.ended()
            try await start(port)
        case .finWait2:
            _ = try await scene.dial(fixedPort) { client in
                // It cannot close while it stands still.
                if !breaksPremise { client.signal(19) }
                server.signal(9)
                try await server.ended()
                if breaksPremise { client.endInput() }
                try await scene.world.states("the FIN of the killed server", of: port) { states in
                    states.state(.server) == .finWait2 || breaksPremise ? () : nil
                }
                try await start(port)
                client.signal(18)
            }
        case .established:
            try await scene.establish(port, while: start)
        case .listener:
            try await start(port)
        }
    }
}

extension Scene {
    /// Asks a question that gets no answer, has the server stop listening, and goes on while the connection stands.
    fileprivate func establish(
        _ connection: FourTuple, while body: @escaping @Sendable (FourTuple) async throws -> Void
    ) async throws {
        let command = laboratory.chat.client(to: connection.server, fixedPort)
        _ = try await world.client.run(command) { client in
            client.say(Chat.question)
            // What comes to its host is not yet the program's: one that is told to end first refuses the question.
            try await server.program.output.until("\(server.program.name) to read the question") { output in
                output.calls.contains { $0.call == .recv && $0.result > 0 } ? () : nil
            }
            server.program.signal(15)
            // close() of the listener is a call like any other.
            try await server.program.output.until("the server to stop listening") { output in
                let listener = output.calls.first { $0.call == .listen }?.descriptor
                return output.calls.contains { $0.call == .close && $0.descriptor == listener } ? () : nil
            }
            try await world.server.noListener(on: connection.server.port)
            try await body(connection)
            client.signal(9)
            server.program.signal(9)
        }
    }
}
