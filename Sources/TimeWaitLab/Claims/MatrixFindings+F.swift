internal import TCPSockets

extension MatrixCells {
    /// What the write-ups do not know.
    var laterFindings: [Finding] { reuseAddressOnBoth + otherFamily }

    /// F2: for each cell, its like with the option on the old, on the new and on both sockets.
    private var reuseAddressOnBoth: [Finding] {
        let inTimeWait = filter(\.wantsPortInTimeWait)
        let complete = inTimeWait.filter { result in
            result.cell.reuseAddress == .both
                && [Cell.ReuseAddress.old, .new].allSatisfy { inTimeWait[result.cell.with($0)] != nil }
        }
        func binds(_ cell: Cell, _ reuse: Cell.ReuseAddress) -> String {
            inTimeWait[cell.with(reuse)]?.outcome.reconnect.bind ?? "not run"
        }
        return complete.judge("F2") { result in
            binds(result.cell, .both) == "ok" && binds(result.cell, .old) != "ok" && binds(result.cell, .new) != "ok"
        } because: { portion in
            let what = [Cell.ReuseAddress.old, .new, .both].map { reuse in
                let who = reuse == .both ? "both sockets" : "only the \(reuse.rawValue) socket"
                return "\(portion.cells.tally { binds($0.cell, reuse).asBind }) with it on \(who)"
            }
            let connected = portion.cells.filter(\.outcome.reconnect.succeeded)
            return """
                In \(portion.share) and their likes whose port was in TIME-WAIT, \(what.joined(separator: ", ")) \
                (net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict, asks both). With it on both connect() then \
                succeeded in \(connected.count).
                """
        }
    }

    /// F13: everything but the time that close() took.
    private var otherFamily: [Finding] {
        let pairs = filter { $0.cell.family == .v4 && self[$0.cell.over(.v6)] != nil }
        return pairs.judge("F13") { result in
            self[result.cell.over(.v6)].map { $0.outcome.isSame(as: result.outcome) } ?? false
        } because: { portion in
            portion.holds
                ? """
                In \(portion.share) everything that was judged was the same over IPv6: who closed first and how, who had \
                TIME-WAIT, what the server saw, the bytes, and how the second run went. Both families share TCP's code.
                """
                : """
                In \(portion.share) something was not the same over IPv6: \
                \(portion.cells.results.map(\.cell.id).joined(separator: ", ")).
                """
        }
    }
}

extension Cell {
    fileprivate func with(_ reuseAddress: ReuseAddress) -> Cell {
        var cell = self
        cell.reuseAddress = reuseAddress
        return cell
    }

    fileprivate func over(_ family: IPAddress.Family) -> Cell {
        var cell = self
        cell.family = family
        return cell
    }
}

extension Outcome {
    /// But for how long close() took, which is never twice the same.
    fileprivate func isSame(as other: Outcome) -> Bool {
        let untimed = { (outcome: Outcome) in
            Outcome(
                firstToClose: outcome.firstToClose, ending: outcome.ending, timeWait: outcome.timeWait,
                serverSaw: outcome.serverSaw, reconnect: outcome.reconnect, bytesSent: outcome.bytesSent,
                bytesLost: outcome.bytesLost, closeSeconds: nil, resetCause: outcome.resetCause)
        }
        return untimed(self) == untimed(other)
    }
}

extension String {
    /// What bind() returned, in words.
    fileprivate var asBind: String { self == "ok" ? "bind() succeeded" : "bind() failed with \(self)" }
}
