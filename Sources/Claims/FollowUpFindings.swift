import Packets
import Recordings
import TCPSockets
import Text

extension MatrixCells {
    /// The follow-up's claims.
    var followUpFindings: [Finding] {
        portAsName + resetLeavesNothing + processExit + segmentsOfTheEnding + passiveClose + lingerWithTime
            + lingerZero + reuseAddressOnTheClient
    }

    /// B1: what A10 costs.
    private var portAsName: [Finding] {
        filter { $0.cell.bind == .implicit }.judge("B1") { result in
            result.outcome.reconnect.succeeded && !result.isFromSamePort
        } because: { portion in
            """
            In \(portion.share) with an implicit port, the second run's \(portion.cells.tally(\.implicitRun)). An address and a \
            port are all that accept() says about a client (accept(2)).
            """
        }
    }

    /// B2: a RST of the client.
    private var resetLeavesNothing: [Finding] {
        filter { $0.hasReset(from: .client) }.judge("B2") { _ in
            .ordinary("for a client that closes with one")
        } holds: { result in
            result.outcome.timeWait == .none && result.isGoneEverywhere
        } because: { portion in
            let states = portion.cells.tally { "\($0.stateBeforeReset)" }
            return """
                In \(portion.share) where the client sent a RST, to a server in \(states), \
                \(portion.cells.tally(\.remains)) (RFC 9293 section 3.10.7.4). The matrix has no other \
                state.
                """
        }
    }

    /// B3: whatever the program was, its process ended with the socket open.
    private var processExit: [Finding] {
        let cells = filter { result in
            result.cell.close == .abandon && !result.recording.client.calls.contains { $0.call == .close }
        }
        return cells.judge("B3") {
            $0.hasReset(from: .client)
        } because: { portion in
            let ending = portion.cells.tally { $0.hasReset(from: .client) ? "RST" : "FIN" }
            return """
                In \(portion.share) the client's process ended without close(), and its host sent a \(ending). At exit \
                the kernel closes the descriptor as close() would: with a FIN, unless received data is unread or SO_LINGER \
                says otherwise (net/socket.c, sock_close; net/ipv4/tcp.c, __tcp_close).
                """
        }
    }

    /// B4: segments that were sent once more are not counted twice. The number is not the same each time: a FIN may carry
    /// the ACK of the other, and a RST may cross one. So the claim is judged by whether one packet is enough, and whether
    /// it is always four.
    private var segmentsOfTheEnding: [Finding] {
        let (resets, orderly) = (filter { $0.outcome.ending == .rst }, filter { $0.outcome.ending == .fin })
        let alone = resets.filter(\.isEndedByOneReset)
        let four = orderly.filter { $0.endingSegments == 4 }
        var findings: [Finding] = []
        if !resets.isEmpty {
            findings.append(
                Finding(
                    "B4", holds: alone.count == resets.count, under: .ordinary("for a RST"),
                    because:
                        "In \(Self.share(alone.count, of: resets.count)) that ended by RST, one RST reached the "
                        + "connection, and neither host kept anything of it (RFC 9293 section "
                        + "3.10.5).",
                    evidence: resets.evidence))
        }
        if !orderly.isEmpty {
            findings.append(
                Finding(
                    "B4", holds: four.count == orderly.count, under: .ordinary("for an orderly close"),
                    because: "An orderly close took \(orderly.segments): a FIN can carry the ACK of the other "
                        + "(RFC 9293 section 3.6).",
                    evidence: orderly.evidence))
        }
        return findings
    }

    /// B6: as it is described, the server closing at `exit` and the client reading to the end.
    private var passiveClose: [Finding] {
        let cells = filter {
            $0.cell.bind == .explicit && $0.cell.reuseAddress == .none && $0.cell.close == .passive
                && $0.cell.serverClose == .first && $0.readToEndOfStream
        }
        return cells.judge("B6") { result in
            result.outcome.ending == .fin && result.outcome.serverSaw == .exit && result.outcome.bytesLost == 0
                && result.outcome.reconnect.succeeded && result.isFromSamePort
        } because: { portion in
            let lost = portion.cells.results.reduce(0) { $0 + $1.outcome.bytesLost }
            return """
                In \(portion.share) \(portion.cells.tally(\.closerAndHolder)), \(lost) bytes were lost, and from the same port \
                \(portion.cells.tally(\.secondRun)). The passive side goes through CLOSE-WAIT and LAST-ACK to CLOSED \
                (RFC 9293 section 3.6).
                """
        }
    }
}

extension CellResult {
    /// What the server was when the client's first RST reached it.
    fileprivate var stateBeforeReset: TCPState {
        let reset = recording.segments.first { $0.from == .client && $0.segment.flags.contains(.rst) }
        return reset?.deliveries.first?.before.state(.server) ?? .closed
    }

    fileprivate var remains: String {
        isGoneEverywhere
            ? "neither host kept anything of the connection"
            : "\(recording.aftermath.state(.client)) stayed on the client's host and \(recording.aftermath.state(.server)) on the server's"
    }
}

extension MatrixCells {
    /// Such as `4 segments`, or `3 segments (12), 4 segments (8)`.
    fileprivate var segments: String {
        tally { $0.endingSegments == 1 ? "1 segment" : "\($0.endingSegments) segments" }
    }
}
