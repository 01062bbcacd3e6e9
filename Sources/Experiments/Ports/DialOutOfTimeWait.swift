import Bench
import Claims
import Recordings
import Scenes
import Stories
import TCPSockets

/// The server's TIME-WAIT seen from the server: a connection of its own, from its port to the client's.
struct DialOutOfTimeWait: Experiment {
    let id = "dial-out-of-time-wait"
    let claims = ["A9"]
    let claimed = """
        A server host in TIME-WAIT that itself connects out from that port to that client port fails as the client did.
        """
    let done = """
        The client closes passively, so the server holds TIME-WAIT. The server ends, and a client program on its host \
        connects from the server's port to a server program on the client's host and port: without SO_REUSEADDR, \
        with it, with it and without TCP timestamps.
        """
    let lookFor =
        "Which call of that client fails, and with which errno."

    private struct Variant {
        let name: String
        let words: String
        let reuse: Bool
        let timestamps: Bool
    }

    private let variants = [
        Variant(name: "plain", words: "without SO_REUSEADDR", reuse: false, timestamps: true),
        Variant(name: "reuse", words: "with SO_REUSEADDR and TCP timestamps", reuse: true, timestamps: true),
        Variant(
            name: "reuse-no-timestamps", words: "with SO_REUSEADDR and no TCP timestamps", reuse: true,
            timestamps: false),
    ]

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var findings: [Finding] = []
        var recordings: [Recording] = []
        for variant in variants {
            let (attempt, recording) = try await laboratory.semaphore.use { try await dial(laboratory, variant) }
            recordings.append(recording)
            findings.append(
                Finding(
                    "A9", holds: !attempt.succeeded,
                    under: variant.reuse ? .others(variant.words) : .ordinary(variant.words),
                    because: "A client on the server's port in TIME-WAIT, \(variant.words): \(attempt.words) "
                        + "(net/ipv4/inet_connection_sock.c, inet_csk_get_port; net/ipv4/inet_hashtables.c, "
                        + "__inet_check_established).",
                    evidence: [id]))
        }
        return ExperimentResult(id, findings, recordings: recordings)
    }

    private func dial(_ laboratory: Laboratory, _ variant: Variant) async throws -> (Outcome.Reconnect, Recording) {
        let world = try await World(sysctls: ["net.ipv4.tcp_timestamps": variant.timestamps ? "1" : "0"])
        let serverEnd = Endpoint(world.server.address(laboratory.family), port: Chat.port)
        let clientEnd = Endpoint(world.client.address(laboratory.family), port: 50_001)
        let closing = laboratory.breaksPremise ? "active" : "passive"
        let first = try await world.withServer(laboratory.chat, laboratory.family, ["--reuse-address"]) { server in
            if laboratory.breaksPremise { world.wire.obey(Scene.clientFirst) }
            _ = try await world.converse(
                laboratory.chat, with: server.endpoint, fixedPort + ["--reuse-address", "--close", closing])
            _ = try await server.ending(of: clientEnd)
        }
        // The server program is done when it has closed; its host holds TIME-WAIT when the client's FIN has come.
        let held = try await world.states(
            "both ends to settle", of: FourTuple(client: clientEnd, server: serverEnd)
        ) { $0.isSettled ? $0 : nil }
        world.wire.obey([])
        guard laboratory.breaksPremise || held.state(.server) == .timeWait else {
            throw LaboratoryError("the server's host holds \(held.state(.server)), and no TIME-WAIT, to begin with")
        }
        let result = ConditionVariable<FinishedProgram?>(nil)
        let listener = laboratory.chat.server(clientEnd, ["--reuse-address"])
        let second = try await world.client.run(listener) { program in
            guard try await program.nextLine() != nil else {
                throw LaboratoryError("no server on the client's host: \(program.output.state.messages)")
            }
            let arguments = ["--local-port", "\(Chat.port)"] + (variant.reuse ? ["--reuse-address"] : [])
            let client = try await world.converse(laboratory.chat, from: .server, with: clientEnd, arguments)
            result.change { $0 = client }
            program.signal(15)
        }
        guard let client = result.state else { throw LaboratoryError("no client connected") }
        let recording = Recording(
            variant.name, segments: world.wire.recording.state.segments, clientCalls: second.calls,
            serverCalls: first.calls + client.calls)
        return (client.attempt, recording)
    }
}
