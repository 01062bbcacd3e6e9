import Bench
import Claims
import Recordings
import Stories
import TCPSockets

/// TIME-WAIT removed by hand.
struct SocketDestroy: Experiment {
    let id = "sock-destroy"
    let claims = ["F5", "A6"]
    let claimed = "SOCK_DESTROY can remove a socket in TIME-WAIT."
    let done = "The client closes first; SOCK_DESTROY is sent for its TIME-WAIT; the same client dials again."
    let lookFor = "The client's table before and after, and the second connection."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            let conversation = try await scene.converse(fixedPort)
            let before = conversation.aftermath.state(.client)
            var answer = "was accepted"
            if !laboratory.breaksPremise {
                answer = try await scene.world.client.inside {
                    let connection = conversation.connection
                    do {
                        try SocketTable().destroy(local: connection.client, remote: connection.server)
                        return "was accepted"
                    } catch let error as SocketError {
                        return "failed with \(error.errno.name)"
                    }
                }
            }
            let after = try scene.world.wire.look(at: conversation.connection).state(.client)
            let again = try await scene.dial(fixedPort).attempt
            let because =
                "SOCK_DESTROY for a socket in \(before) \(answer); the socket was then \(after), and dialling again from the port, "
                + "\(again.words) (net/ipv4/tcp.c, tcp_abort)."
            return ExperimentResult(
                id,
                [
                    Finding(
                        "F5", holds: before == .timeWait && after == .closed && again.succeeded, because: because,
                        evidence: [id]),
                    Finding(
                        "A6", holds: after == before, under: .others("where somebody removes it by SOCK_DESTROY"),
                        because: because, evidence: [id]),
                ], recordings: [scene.recording("destroy")])
        }
    }
}
