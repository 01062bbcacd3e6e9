import Recordings
import TCPSockets
import Text

extension MatrixCells {
    /// The claims of the note on unread data.
    var unreadDataFindings: [Finding] {
        closeWithUnreadData + firstToCloseKeepsPort + reuseAddressAndFixedPort
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
                "\(reset) and \(result.isGoneEverywhere ? "neither host kept the connection" : "a host kept it")"
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
                In \(portion.share) without filler from the server, the client read with MSG_PEEK in \(peeked.count) and left \
                \(portion.cells.unreadRange) of the last frame in the queue: \(portion.cells.tally(ending)) (recv(2), \
                MSG_PEEK; RFC 2525 section 2.17; net/ipv4/tcp.c, __tcp_close).
                """
        }
        return anywhere + byClient
    }

    /// D2: and its port, from the same program without SO_REUSEADDR.
    private var firstToCloseKeepsPort: [Finding] {
        judgeFirstToClose("D2", source: "net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict, keeps its port") {
            let isTaken =
                $0.cell.reuseAddress == .none && $0.wantsPortInTimeWait && $0.outcome.reconnect.succeeded
            return $0.outcome.timeWait == $0.outcome.firstToClose && !isTaken
        }
    }

    /// D7: its author's client has no port of its own; the matrix has one, and shows what the option does for that.
    private var reuseAddressAndFixedPort: [Finding] {
        filter { $0.cell.reuseAddress == .both }.judgeSecondRuns("D7") { cell in
            .others("with a fixed port, \(cell.timestamps ? "with" : "without") TCP timestamps")
        } holds: {
            !$0.outcome.reconnect.succeeded
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
