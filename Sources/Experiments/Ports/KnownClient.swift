import Bench
import Claims
import Recordings
import Scenes
import TCPSockets
import Text

/// A server that knows its clients by a key: the follow-up's author gave up the fixed port with one regret, that the server had
/// known its clients by it.
struct KnownClient: Experiment {
    let id = "known-client"
    let claims = ["B14"]
    let claimed = """
        Where the server must know its client, the two can exchange something at a higher layer; the fixed address and \
        port are not needed for it.
        """
    let done = """
        A server serves only clients that prove who they are. alice connects from port 50001 with her key and closes first, \
        and connects again at once from an ephemeral port. On other hosts she resets the connection from port 50001; then somebody \
        else connects from that address and port, without a key or with another one.
        """
    let lookFor = "Who gets an answer, and with which exit code the others end."

    /// Who comes from alice's address and port.
    private enum Impostor: String, CaseIterable {
        case keyless = "without a key"
        case otherKey = "with another key"
    }

    private struct Outcome: Sendable {
        let words: String
        let isServed: Bool
        let recording: Recording

        init(_ who: String, _ client: FinishedProgram, _ recording: Recording) {
            isServed = client.status == 0 && client.lines == [Chat.question]
            words = "\(who) \(isServed ? "was served" : "was not served (exit code \(client.status))")"
            self.recording = recording
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let keys = try await KeyFiles(laboratory.chat, names: ["alice", "alice"])
        let known = try await knownFromAnyPort(laboratory, keys)
        var impostors: [Outcome] = []
        for impostor in Impostor.allCases { impostors.append(try await come(impostor, laboratory, keys)) }
        let all = known + impostors
        let finding = Finding(
            "B14", holds: known.allSatisfy(\.isServed) && !impostors.contains(where: \.isServed),
            because: all.map(\.words).joined(separator: "; ").asSentence
                + " (RFC 2104 section 2: HMAC over a challenge that is used once).",
            evidence: [id])
        return ExperimentResult(id, [finding], recordings: [known[1].recording] + impostors.map(\.recording))
    }

    /// Broken on purpose: the server asks nobody.
    private func server(_ laboratory: Laboratory, _ keys: KeyFiles) -> [String] {
        laboratory.breaksPremise ? [] : ["--identities", keys.paths[0]]
    }

    private func knownFromAnyPort(_ laboratory: Laboratory, _ keys: KeyFiles) async throws -> [Outcome] {
        try await Scene.play(laboratory, server: server(laboratory, keys)) { scene in
            let identity = ["--identity", keys.paths[0]]
            let first = try await scene.converse(fixedPort + identity)
            guard first.aftermath.client?.state == .timeWait else {
                throw LaboratoryError("alice's port is not in TIME-WAIT")
            }
            let again = try await scene.dial(identity)
            let recording = scene.recording("any-port")
            return [
                Outcome("alice, with her key from port 50001,", first.client, recording),
                Outcome("alice, from an ephemeral port while 50001 was in TIME-WAIT,", again, recording),
            ]
        }
    }

    private func come(_ impostor: Impostor, _ laboratory: Laboratory, _ keys: KeyFiles) async throws -> Outcome {
        try await Scene.play(laboratory, server: server(laboratory, keys)) { scene in
            // A reset leaves the port free at once.
            let alice = try await scene.converse(fixedPort + ["--identity", keys.paths[0], "--close", "reset"])
            guard alice.client.status == 0 else { throw LaboratoryError("alice: \(alice.client.account)") }
            let key = impostor == .keyless ? [] : ["--identity", keys.paths[1]]
            let client = try await scene.dial(fixedPort + key)
            return Outcome(
                "somebody \(impostor.rawValue) from alice's address and port", client,
                scene.recording(impostor == .keyless ? "without-key" : "other-key"))
        }
    }
}
