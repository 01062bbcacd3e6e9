import Bench
import Claims
import Glibc
import Recordings
import Scenes
import TCPSockets

/// bind() of a UDP socket to a port that is in TIME-WAIT in TCP.
struct DatagramBind: Experiment {
    let id = "datagram-bind"
    let claims = ["A21"]
    let claimed = "bind() cannot concern TCP, because it works on datagram sockets too."
    let done =
        "The client closes first, from a fixed port. Then a UDP socket and a TCP socket on its host bind that port."
    let lookFor = "Which of the two bind() calls succeeds."

    private struct Trial: Sendable {
        let datagram: Errno?
        let stream: Errno?
        let recording: Recording

        var words: String {
            "UDP's bind() \(Self.words(datagram)) and TCP's \(Self.words(stream))"
        }

        private static func words(_ errno: Errno?) -> String { errno.map { "failed with \($0.name)" } ?? "succeeded" }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let trials = try await overBothFamilies { try await bind(laboratory, $0) }
        let finding = Finding(
            "A21", holds: trials.allSatisfy { $0.datagram == nil && $0.stream == nil },
            because:
                "With the port in TIME-WAIT, \(overBoth(trials.map(\.words))): each protocol has its own check (bind(2); "
                + "net/ipv4/af_inet.c, __inet_bind: sk_prot->get_port).",
            evidence: [id])
        return ExperimentResult(id, [finding], recordings: trials.map(\.recording))
    }

    private func bind(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Trial {
        try await Scene.play(laboratory, over: family) { scene in
            // Broken on purpose: no TIME-WAIT is left.
            let conversation = try await scene.converse(
                fixedPort + ["--close", laboratory.breaksPremise ? "reset" : "active"])
            let local = conversation.connection.client
            let (datagram, stream) = try await scene.world.client.inside {
                (try bindError(local, SOCK_DGRAM), try bindError(local, SOCK_STREAM))
            }
            return Trial(datagram: datagram, stream: stream, recording: scene.recording("bind-\(family.name)"))
        }
    }
}

/// What bind() of a new socket fails with; nil where it succeeds.
private func bindError(_ local: Endpoint, _ type: __socket_type) throws -> TCPSockets.Errno? {
    let family = local.address.family == .v4 ? AF_INET : AF_INET6
    let socket = TCPSocket(owning: try check("socket", Glibc.socket(family, CInt(type.rawValue), 0)))
    var failure: TCPSockets.Errno?
    do throws(SocketError) {
        try socket.bind(to: local)
    } catch {
        failure = error.errno
    }
    try socket.close()
    return failure
}
