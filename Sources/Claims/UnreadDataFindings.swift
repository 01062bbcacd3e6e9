import Recordings
import TCPSockets
import Text

extension MatrixCells {
    /// The claims of the note on unread data.
    var unreadDataFindings: [Finding] {
        closeWithUnreadData + firstToCloseKeepsPort + reuseAddressIsNoReset
    }

    /// D1; and D5, where the client left the data there by itself.
    private var closeWithUnreadData: [Finding] {
        let unread = filter { $0.cell.close == .unread && $0.unreadBytes > 0 }
        let own = unread.filter { $0.cell.padding == 0 }
        let isReset: (CellResult) -> Bool = { result in
            result.hasReset(from: .client) && result.outcome.timeWait == .none && result.isGoneEverywhere
        }
        let ending: (CellResult) -> String = { result in
            let reset = result.hasReset(from: .client) ? "close() sent a RST" : "close() sent no RST"
            return
                "\(reset) and \(result.isGoneEverywhere ? "both hosts' tables were empty of the connection" : "a host kept it")"
        }
        let anywhere = unread.judge("D1", holds: isReset) { portion in
            """
            In \(portion.share) with \(portion.cells.unreadRange) unread at close(), \(portion.cells.tally(ending)) (RFC \
            9293 section 3.6.1; RFC 2525 section 2.17; net/ipv4/tcp.c, __tcp_close).
            """
        }
        let byClient = own.judge("D5") { result in
            isReset(result) && result.recording.client.calls.contains { $0.text("flags") == "MSG_PEEK" }
        } because: { portion in
            let peeked = portion.cells.filter { $0.recording.client.calls.contains { $0.text("flags") == "MSG_PEEK" } }
            return """
                In \(portion.share) the server sent no filler; the client read with MSG_PEEK in \(peeked.count) and left \
                \(portion.cells.unreadRange) of the last frame in the queue: \(portion.cells.tally(ending)) (recv(2), \
                MSG_PEEK; RFC 2525 section 2.17; net/ipv4/tcp.c, __tcp_close).
                """
        }
        return anywhere + byClient
    }

    /// D2: without SO_REUSEADDR, which lets a port be shared.
    private var firstToCloseKeepsPort: [Finding] {
        filter { $0.outcome.ending == .fin }.judge("D2") { result in
            let keepsPort =
                !(result.wantsPortInTimeWait && result.cell.reuseAddress == .none)
                || !result.outcome.reconnect.succeeded
            return result.outcome.timeWait == result.outcome.firstToClose && keepsPort
        } because: { portion in
            let asked = portion.cells.filter { $0.wantsPortInTimeWait && $0.cell.reuseAddress == .none }
            let kept = asked.filter { !$0.outcome.reconnect.succeeded }
            return sentences(
                "In \(portion.share) that ended by FIN, \(portion.cells.tally(\.closerAndHolder)).",
                asked.isEmpty
                    ? nil
                    : """
                    A second run of the client that asked for its port in TIME-WAIT without SO_REUSEADDR was refused in \
                    \(kept.count) of \(asked.count) (net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict).
                    """)
        }
    }

    /// D7: what it does to the connection that ends, and not to the next one.
    private var reuseAddressIsNoReset: [Finding] {
        let cells = filter { $0.cell.reuseAddress.isSetByOld && !$0.cell.close.isAbortive }
        return cells.judge("D7") { result in
            result.outcome.ending == .fin && result.outcome.timeWait != .none
        } because: { portion in
            let shared = portion.cells.filter { $0.wantsPortInTimeWait && $0.outcome.reconnect.succeeded }
            return sentences(
                """
                In \(portion.share) whose client set SO_REUSEADDR and closed without aborting, \
                \(portion.cells.tally(\.closerAndHolder)).
                """,
                shared.isEmpty
                    ? nil
                    : """
                    In \(shared.count) of them the next socket could replace the TIME-WAIT on its port all the same; the \
                    option bears on bind() alone (socket(7)).
                    """)
        }
    }
}

extension MatrixCells {
    /// Such as `1 byte`, or `1 to 3 bytes`.
    fileprivate var unreadRange: String {
        let bytes = results.map(\.unreadBytes)
        guard let least = bytes.min(), let most = bytes.max() else { return "nothing" }
        return least == most ? "\(least) \(least == 1 ? "byte" : "bytes")" : "\(least) to \(most) bytes"
    }
}
