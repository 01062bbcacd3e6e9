import Bench
import Claims
import Recordings
import Scenes
import Stories
import TCPSockets

/// Two programs with SO_REUSEADDR on one port.
struct TwoOnOnePort: Experiment {
    let id = "two-on-one-port"
    let claims = ["B11", "C11"]
    let claimed = """
        SO_REUSEADDR lets two programs bind the same port (B11); it reuses the local address and port only, and the five-tuple \
        stays unique (C11).
        """
    let done = """
        While one client is connected, a second one binds the same port, with SO_REUSEADDR on both, and connects to the \
        same server, then to another. A second server with SO_REUSEADDR starts on the first one's port.
        """
    let lookFor = "The result of the second bind(), of listen(), and of connect() to either server."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory, server: ["--reuse-address"]) { scene in
            let reuse = laboratory.breaksPremise ? [] : ["--reuse-address"]
            let other = Endpoint(scene.server.endpoint.address, port: Chat.port + 1)
            let seen = ConditionVariable<[FinishedProgram]>([])
            _ = try await scene.dial(fixedPort + reuse) { _ in
                let same = try await scene.dial(fixedPort + reuse)
                let listener = laboratory.chat.server(scene.server.endpoint, ["--reuse-address"])
                let second = try await scene.world.server.run(listener) { program in
                    if try await program.nextLine() != nil { program.signal(15) }
                }
                seen.change { $0 += [same, second] }
                _ = try await scene.world.server.run(laboratory.chat.server(other, [])) { program in
                    _ = try await program.nextLine()
                    let elsewhere = try await scene.dial(fixedPort + reuse, to: other)
                    seen.change { $0.append(elsewhere) }
                    program.signal(15)
                }
            }
            let (same, second, elsewhere) = (seen.state[0], seen.state[1], seen.state[2])
            guard second.listened || second.calls.contains(where: { $0.result < 0 }) else {
                throw LaboratoryError("the second server did not listen: \(second.account)")
            }
            return ExperimentResult(
                id, findings(same.attempt, elsewhere.attempt, second), recordings: [scene.recording("two-clients")])
        }
    }

    private func findings(
        _ same: Outcome.Reconnect, _ elsewhere: Outcome.Reconnect, _ listener: FinishedProgram
    ) -> [Finding] {
        let failed = listener.calls.first { $0.result < 0 && ($0.call == .bind || $0.call == .listen) }
        let how = failed.map { "its \($0.call.rawValue)() failed with \($0.errno?.name ?? "?")" } ?? "it listened"
        return [
            Finding(
                "B11", holds: same.bind == .ok, under: .ordinary("for two clients"),
                because:
                    "The second client's bind() to the port of an open connection \(same.bind == .ok ? "succeeded" : "failed with \(same.bind)") "
                    + "(net/ipv4/inet_connection_sock.c, inet_bind_conflict).",
                evidence: [id]),
            Finding(
                "B11", holds: failed == nil, under: .ordinary("for two listeners"),
                because: "A second server with SO_REUSEADDR on a listener's port: \(how) (socket(7): not "
                    + "while a listener has the port).",
                evidence: [id]),
            Finding(
                "C11", holds: same.connect != .ok && elsewhere.succeeded,
                because:
                    "From the same port, to the same server: \(same.words); to another server: \(elsewhere.words) "
                    + "(net/ipv4/inet_hashtables.c, __inet_check_established).",
                evidence: [id]),
        ]
    }
}
