import Recordings

extension MatrixCells {
    /// The claims of the note on skipping TIME-WAIT.
    var skippingFindings: [Finding] { rebinding + reuseAddressSkips }

    /// E1: what connect() makes of it afterwards is another matter, and timestamps with it.
    private var rebinding: [Finding] {
        filter(\.wantsPortInTimeWait).judge("E1") { cell in
            cell.reuseAddress == .both ? .others("with SO_REUSEADDR on both sockets") : cell.circumstances
        } holds: {
            $0.outcome.reconnect.bind != .ok
        } because: { portion in
            let bind = portion.cells.tally {
                $0.outcome.reconnect.bind == .ok
                    ? "bind() succeeded" : "bind() failed with \($0.outcome.reconnect.bind)"
            }
            return """
                In \(portion.share), with the port in TIME-WAIT, \(bind) (socket(7); \
                net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict).
                """
        }
    }
}
