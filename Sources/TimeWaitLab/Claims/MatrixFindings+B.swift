internal import TCPSockets

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
            let other = portion.cells.filter { $0.reconnectPort != nil && !$0.isFromSamePort }
            return """
                In \(portion.share) with an implicit port the second run came to this: \
                \(portion.cells.tally(\.secondRun)), from another port than the first in \(other.count): the address and \
                port that accept() shows do not name a client.
                """
        }
    }

    /// B2: a RST of the client.
    private var resetLeavesNothing: [Finding] {
        filter { $0.hasReset(from: .client) }.judge("B2") { result in
            result.outcome.timeWait == .none && result.isGoneEverywhere
        } because: { portion in
            let states = portion.cells.tally { "\($0.stateBeforeReset)" }
            return """
                In \(portion.share) where the client sent a RST, which found the server in \(states), \
                \(portion.cells.tally(\.remains)) (RFC 9293 section 3.10.7.4). Other states than this one are not met in \
                the matrix.
                """
        }
    }

    /// B3: whatever the program was, its process ended with the socket open.
    private var processExit: [Finding] {
        let cells = filter { result in
            result.cell.close == .abandon && !result.recording.client.calls.contains { $0.call == "close" }
        }
        return cells.judge("B3") {
            $0.hasReset(from: .client)
        } because: { portion in
            let ending = portion.cells.tally { $0.hasReset(from: .client) ? "RST" : "FIN" }
            return """
                In \(portion.share) the client's process ended without close(), and the wire carried its \(ending). At exit \
                the kernel closes the descriptor as close() would: FIN, unless received data is unread or SO_LINGER \
                says otherwise (net/socket.c, sock_close; net/ipv4/tcp.c, __tcp_close).
                """
        }
    }

    /// B4: a FIN and the ACK of the other side's FIN may share a segment.
    private var segmentsOfTheEnding: [Finding] {
        let resets = filter { $0.outcome.ending == .rst }.judge("B4", "for the RST") { result in
            result.endingSegments == 1
        } because: { portion in
            """
            In \(portion.share) that ended by RST, the ending took this many segments: \(portion.cells.segments).
            """
        }
        let orderly = filter { $0.outcome.ending == .fin }.judge("B4", "for the orderly close") { result in
            result.endingSegments == 4
        } because: { portion in
            """
            In \(portion.share) that ended by FIN, two FINs and their ACKs took this many segments: \
            \(portion.cells.segments). A FIN that is sent in time carries the ACK of the other FIN along (RFC 9293 \
            section 3.6).
            """
        }
        return resets + orderly
    }

    /// B6: as it is described, the server closing at `exit`.
    private var passiveClose: [Finding] {
        let cells = filter {
            $0.cell.bind == .explicit && $0.cell.reuseAddress == .none && $0.cell.close == .passive
                && $0.cell.serverClose == .first
        }
        return cells.judge("B6") { result in
            result.outcome.ending == .fin && result.outcome.serverSaw == .exit && result.outcome.bytesLost == 0
                && result.outcome.reconnect.succeeded && result.isFromSamePort
        } because: { portion in
            let lost = portion.cells.results.reduce(0) { $0 + $1.outcome.bytesLost }
            return """
                In \(portion.share) \(portion.cells.tally(\.closerAndHolder)), \(lost) bytes were lost, and from the same \
                port \(portion.cells.tally(\.secondRun)). The passive side goes by CLOSE-WAIT and LAST-ACK to CLOSED \
                (RFC 9293 section 3.6).
                """
        }
    }
}

extension CellResult {
    /// What the server was when the client's first RST reached it.
    fileprivate var stateBeforeReset: TCPState {
        let reset = recording.passages.first { $0.from == .client && $0.segment.flags.contains(.rst) }
        return reset?.deliveries.first?.before.state(.server) ?? .closed
    }

    fileprivate var remains: String {
        isGoneEverywhere
            ? "neither host kept anything of the connection"
            : "\(recording.aftermath.state(.client)) stayed on the client's host and \(recording.aftermath.state(.server)) on the server's"
    }
}

extension MatrixCells {
    /// Such as `3 in 12 cells, 4 in 8`.
    fileprivate var segments: String {
        grouped(by: \.endingSegments).sorted { $0.key < $1.key }.map { "\($0.key) in \($0.cells.count)" }
            .joined(separator: ", ")
    }
}
