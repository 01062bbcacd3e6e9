import Bench
import CLinux
import ChatProtocol
import Claims
import Glibc
import Packets
import Recordings
import Scenes
import TCPSockets

/// A RST that no TCP has sent.
struct RawSocketReset: Experiment {
    let id = "raw-socket-reset"
    let claims = ["B12"]
    let claimed = "A raw socket could send the RST."
    let done = """
        While a conversation is open, a raw socket (SOCK_RAW, IPPROTO_RAW) on the client's host sends a RST in the client's \
        name, with the next sequence number.
        """
    let lookFor = "What the server program sees, and what is left on both hosts."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            let connection = FourTuple(
                client: Endpoint(scene.world.client.address(laboratory.family), port: 50_001),
                server: scene.server.endpoint)
            let seen = ConditionVariable<(states: SocketStates, ending: ConversationEnd.Way?)?>(nil)
            _ = try await scene.dial(fixedPort) { _ in
                guard let last = scene.segments(of: connection).last(where: { $0.from == .client }) else { return }
                let reset = Segment(
                    from: connection.client, to: connection.server, sequence: last.segment.end, flags: .rst)
                if !laboratory.breaksPremise {
                    try await scene.world.client.inside { try sendRaw(reset) }
                    let ending = try await scene.server.ending(of: connection.client)
                    let states = try scene.world.wire.look(at: connection)
                    seen.change { $0 = (states, ending) }
                }
            }
            let ending = seen.state?.ending
            let states = seen.state?.states ?? SocketStates()
            let because =
                ending.map {
                    "The server saw the conversation end by \($0). Right after, its host was in \(states.state(.server)), and the "
                        + "client's host, which knew nothing of the RST, in \(states.state(.client)) (raw(7): this needs CAP_NET_RAW)."
                } ?? "Without the RST the conversation ended as usual."
            return ExperimentResult(
                id, [Finding("B12", holds: ending == .peer(.reset), because: because, evidence: [id])],
                recordings: [scene.recording("raw-reset")])
        }
    }
}

/// Sends an IP packet as it is.
///
/// The corresponding C calls are `socket(AF_INET, SOCK_RAW, IPPROTO_RAW)`, or with `AF_INET6`, and `sendto`. The destination has
/// no port: a raw socket of IPv6 refuses one (net/ipv6/raw.c, rawv6_sendmsg).
private func sendRaw(_ segment: Segment) throws {
    let family = segment.destination.address.family == .v4 ? AF_INET : AF_INET6
    let descriptor = try check(
        "socket(SOCK_RAW)", socket(family, CInt(SOCK_RAW.rawValue) | clinux_sock_cloexec(), CInt(IPPROTO_RAW)))
    defer { close(descriptor) }
    let sent = Endpoint(segment.destination.address, port: 0).withSocketAddress {
        sendto(descriptor, segment.packet, segment.packet.count, 0, $0, $1)
    }
    try check("sendto", CInt(truncatingIfNeeded: sent))
}
