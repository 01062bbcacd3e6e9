import Bench
import Claims
import Packets
import Recordings
import Scenes
import Stories
import TCPSockets

/// A server that ends abnormally.
struct ServerKilled: Experiment {
    let id = "server-killed"
    let claims = ["E2"]
    let claimed = """
        TIME-WAIT is mostly a client's state; a server gets it when it closes first or ends abnormally.
        """
    let done = """
        The server closes first; the server is killed (SIGKILL) while a client is connected; the same with a question in the \
        server's receive queue that it has not read.
        """
    let lookFor = "Whether the server's host sends FIN or RST, and who holds TIME-WAIT afterwards."

    private enum Death: String, CaseIterable {
        case closesFirst = "closes-first"
        case killed
        case killedWithUnread = "killed-with-unread"

        var words: String {
            switch self {
            case .closesFirst: "when it closes first"
            case .killed: "when it is killed with nothing unread"
            case .killedWithUnread: "when it is killed with a question unread"
            }
        }

        /// Where it is written how such a connection ends.
        var source: String {
            switch self {
            case .closesFirst: "RFC 9293 section 3.6.1"
            case .killed: "net/socket.c, sock_close; net/ipv4/tcp.c, __tcp_close"
            case .killedWithUnread: "RFC 2525 section 2.17; net/ipv4/tcp.c, __tcp_close"
            }
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var findings: [Finding] = []
        var recordings: [Recording] = []
        for death in Death.allCases {
            let (states, segments, recording) = try await die(laboratory, death)
            let holder = Outcome.holder { states.state($0) == .timeWait }
            recordings.append(recording)
            findings.append(
                Finding(
                    "E2", holds: holder == .server,
                    under: death == .killedWithUnread ? .others(death.words) : .ordinary(death.words),
                    because:
                        "A server \(death.words.replacing("when it", with: "that")) sent \(segments.ending(of: .server)); "
                        + "then \(holder == .none ? "nobody" : "the \(holder)") had TIME-WAIT (\(death.source)).",
                    evidence: [id]))
        }
        return ExperimentResult(id, findings, recordings: recordings)
    }

    private func die(
        _ laboratory: Laboratory, _ death: Death
    ) async throws -> (SocketStates, [CapturedSegment], Recording) {
        try await Scene.play(laboratory) { scene in
            let connection = FourTuple(
                client: Endpoint(scene.world.client.address(laboratory.family), port: 50_001),
                server: scene.server.endpoint)
            let server = scene.server.program
            if death == .closesFirst {
                let strategy = laboratory.breaksPremise ? "active" : "passive"
                _ = try await scene.converse(
                    fixedPort + ["--close", strategy],
                    rules: laboratory.breaksPremise ? Scene.clientFirst : [])
            } else {
                if laboratory.breaksPremise { scene.world.wire.obey(Scene.clientFirst) }
                _ = try await scene.dial(fixedPort) { client in
                    if laboratory.breaksPremise {
                        // Broken on purpose: the client has closed before the server is killed.
                        client.endInput()
                        try await client.ended()
                    } else if death == .killedWithUnread {
                        server.signal(19)
                        let mark = scene.mark
                        client.say("unread")
                        try await scene.seen("the question to reach the server's host") { recording in
                            recording.segments(of: connection, from: mark).contains {
                                $0.from == .client && !$0.segment.payload.isEmpty && $0.arrival != nil
                            } ? () : nil
                        }
                    }
                    server.signal(9)
                    try await server.ended()
                    // It ends when it sees the server's end. Its `exit` would find a socket without an owner: RST.
                    try await client.ended()
                }
            }
            let states = try await scene.settled(connection)
            return (states, scene.segments(of: connection), scene.recording(death.rawValue))
        }
    }
}
