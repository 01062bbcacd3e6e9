import Recordings
import TCPSockets
import Text

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
        func binds(_ cell: Cell, _ reuse: Cell.ReuseAddress) -> CallResult? {
            inTimeWait[cell.with(reuse)]?.outcome.reconnect.bind
        }
        return complete.judge("F2", under: \.circumstancesOfReuse) { result in
            binds(result.cell, .both) == .ok && binds(result.cell, .old) != .ok && binds(result.cell, .new) != .ok
        } because: { portion in
            let what = [Cell.ReuseAddress.old, .new, .both].map { reuse in
                let who = reuse == .both ? "both sockets" : "the \(reuse.rawValue) socket only"
                return
                    "with the option on \(who) \(portion.cells.tally { binds($0.cell, reuse)?.asBind ?? "was not run" })"
            }
            let connected = portion.cells.filter(\.outcome.reconnect.succeeded)
            return """
                \(portion.cells.count) of \(portion.total) ways to leave a port in TIME-WAIT were tried each way: \
                \(what.joined(separator: ", ")) (net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict, looks at both). \
                With both, connect() then succeeded in \(connected.count).
                """
        }
    }

    /// F13: everything but the time that close() took.
    private var otherFamily: [Finding] {
        func differences(_ result: CellResult) -> [String] {
            self[result.cell.over(.v6)].map { result.outcome.differences(from: $0.outcome) } ?? []
        }
        return filter { $0.cell.family == .v4 && self[$0.cell.over(.v6)] != nil }.judge(
            Claim.ofFamilies, under: { _ in .ordinary }
        ) { result in
            differences(result).isEmpty
        } because: { portion in
            guard !portion.holds else {
                return """
                    \(portion.share.asSentence) gave the same over IPv4 and IPv6: who closed first and how, who had TIME-WAIT, what the \
                    server saw, the bytes, and the second run's calls. Both share TCP's code (net/ipv6/tcp_ipv6.c \
                    calls that of net/ipv4).
                    """
            }
            let list = portion.cells.results.map { "\($0.cell.id) (\(differences($0).joined(separator: ", ")))" }
            return "\(portion.share.asSentence) differed between IPv4 and IPv6: \(list.joined(separator: "; "))."
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
    /// What is not the same, in words; how long close() took is never twice the same.
    fileprivate func differences(from other: Outcome) -> [String] {
        let checks: [(String, Bool)] = [
            ("who closed first", firstToClose == other.firstToClose), ("the ending", ending == other.ending),
            ("who had TIME-WAIT", timeWait == other.timeWait), ("what the server saw", serverSaw == other.serverSaw),
            ("the second run", reconnect == other.reconnect), ("bytes sent", bytesSent == other.bytesSent),
            ("bytes lost", bytesLost == other.bytesLost), ("why there was a RST", resetCause == other.resetCause),
        ]
        return checks.filter { !$0.1 }.map(\.0)
    }
}

extension CallResult {
    /// What bind() returned, in words.
    fileprivate var asBind: String { self == .ok ? "bind() succeeded" : "bind() failed with \(self)" }
}
