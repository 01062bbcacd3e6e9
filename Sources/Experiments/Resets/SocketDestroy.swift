import Bench
import Claims
import Glibc
import Recordings
import Scenes
import Stories
import TCPSockets

/// TIME-WAIT removed by hand.
struct SocketDestroy: Experiment {
    let id = "sock-destroy"
    let claims = ["F5", "A6"]
    let claimed = "SOCK_DESTROY can remove a socket in TIME-WAIT."
    let done = """
        The client closes first; SOCK_DESTROY is sent for its TIME-WAIT; the same client connects again. If the kernel answers \
        EOPNOTSUPP, SOCK_DESTROY is tried on a socket in ESTABLISHED as well: that tells a kernel without SOCK_DESTROY from one that \
        refuses TIME-WAIT.
        """
    let lookFor = "The client's table before and after, and the second connection."

    /// What a kernel without SOCK_DESTROY answers, and one that does not remove sockets in that state.
    private static let unknown = Errno(rawValue: EOPNOTSUPP)

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            let conversation = try await scene.converse(fixedPort)
            let before = conversation.aftermath.state(.client)
            let refusal = laboratory.breaksPremise ? nil : try await scene.world.client.destroy(conversation.connection)
            var answer = refusal.map { "failed with \($0.name)" } ?? "was accepted"
            if refusal == Self.unknown {
                let probe = try await scene.destroyEstablished()
                guard probe != Self.unknown else { return untestable(scene) }
                answer +=
                    ", and one for a socket in ESTABLISHED \(probe.map { "failed with \($0.name)" } ?? "was accepted")"
            }
            let after = try scene.world.wire.look(at: conversation.connection).state(.client)
            let again = try await scene.dial(fixedPort).attempt
            let because =
                "SOCK_DESTROY for a socket in \(before) \(answer). The socket was then in \(after), and the next client on the port: "
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

    private func untestable(_ scene: Scene) -> ExperimentResult {
        let because =
            "SOCK_DESTROY failed with EOPNOTSUPP, for a socket in TIME-WAIT and for one in ESTABLISHED: this kernel does not "
            + "have it (CONFIG_INET_DIAG_DESTROY; sock_diag(7))."
        return ExperimentResult(
            id, [], untestable: [Untestable("F5", because: because, evidence: [id])],
            recordings: [scene.recording("destroy")])
    }
}

extension Host {
    /// - Returns: Why the kernel did not remove the socket; nil where it says that it did.
    fileprivate func destroy(_ connection: FourTuple) async throws -> Errno? {
        try await inside {
            do {
                try SocketTable().destroy(local: connection.client, remote: connection.server)
                return nil
            } catch let error as SocketError {
                return error.errno
            }
        }
    }
}

extension Scene {
    /// The same for a connection that stands.
    fileprivate func destroyEstablished() async throws -> Errno? {
        let connection = FourTuple(
            client: Endpoint(world.client.address(laboratory.family), port: 50_002), server: server.endpoint)
        let socket = try await HeldSocket(on: world.client, connection.client, dialling: connection.server)
        try await world.states("a connection to probe SOCK_DESTROY with", of: connection) { states in
            states.state(.client) == .established ? () : nil
        }
        let errno = try await world.client.destroy(connection)
        try socket.close()
        return errno
    }
}
