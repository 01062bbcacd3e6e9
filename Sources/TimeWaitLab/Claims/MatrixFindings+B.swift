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
            """
            In \(portion.share) with an implicit port, the second run's \(portion.cells.tally(\.implicitRun)). Address and \
            port are all that accept() tells of a client.
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
                \(portion.cells.tally(\.remains)) (RFC 9293 section 3.10.7.4). The matrix meets it in no other \
                state.
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

    /// B4: segments that were sent once more are not counted twice.
    private var segmentsOfTheEnding: [Finding] {
        grouped(by: \.endingShape).flatMap { shape, cells in
            cells.judge("B4", shape.words) { result in
                result.endingSegments == (result.outcome.ending == .rst ? 1 : 4)
            } because: { portion in
                """
                In \(portion.share) \(shape.circumstance), the ending took \(portion.cells.segments) \
                (\(shape.citation)).
                """
            }
        }
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
                \(portion.cells.tally(\.secondRun)). The passive side goes by CLOSE-WAIT and LAST-ACK to CLOSED \
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
    /// Such as `4 segments`, or `3 segments (12), 4 segments (8)`.
    fileprivate var segments: String {
        tally { $0.endingSegments == 1 ? "1 segment" : "\($0.endingSegments) segments" }
    }
}

/// What an ending was made of.
private enum EndingShape: Hashable {
    case reset, resetAndFIN, separate, merged

    var words: String {
        switch self {
        case .reset: "for the RST"
        case .resetAndFIN: "for a RST that crosses the other side's FIN"
        case .separate: "for an orderly close whose FINs and ACKs travel apart"
        case .merged: "for an orderly close in which the second FIN is the ACK of the first"
        }
    }

    var circumstance: String {
        switch self {
        case .reset: "that ended by RST alone"
        case .resetAndFIN: "in which the server had sent its FIN when the client's RST came"
        case .separate: "that ended by two FINs and an ACK for each"
        case .merged: "in which the second FIN was the ACK of the first"
        }
    }

    var citation: String {
        switch self {
        case .reset: "RFC 9293 section 3.10.5"
        case .resetAndFIN: "the FIN gets a RST too, for its connection is CLOSED: RFC 9293 section 3.10.7.1"
        case .separate: "RFC 9293 section 3.6, figure 12"
        case .merged: "RFC 9293 section 3.6: a FIN has room for an ACK"
        }
    }
}

extension CellResult {
    fileprivate var endingShape: EndingShape {
        let fins = recording.passages.filter { $0.origin == .host && $0.segment.flags.contains(.fin) }
        guard outcome.ending == .fin else { return fins.isEmpty ? .reset : .resetAndFIN }
        let isMerged = fins.contains { acknowledgement(of: $0)?.segment.flags.contains(.fin) ?? false }
        return isMerged ? .merged : .separate
    }
}
