import Recordings
import TCPSockets
import Text

extension MatrixCells {
    /// The article's own claims.
    var articleFindings: [Finding] {
        immediateReconnect + judgeSecondRuns("A2", holds: \.isRefusedByConnect) + waitingIsEnough + whatTheTablesShow
            + whoGetsTimeWait + delayedClose + acceptanceInTimeWait + implicitPort + bindAsksTCP
    }

    /// A1: the article's programs, which set no option and close at once.
    private var immediateReconnect: [Finding] {
        let cells = filter { $0.cell.bind == .explicit && $0.cell.reuseAddress == .none && $0.cell.close == .active }
        return cells.judge("A1") { result in
            result.recording.client.status == 0 && result.outcome.serverSaw == .exit && result.isServerListening
                && !result.outcome.reconnect.succeeded
        } because: { portion in
            let before = portion.cells.tally { result in
                let isNormal = result.recording.client.status == 0 && result.outcome.serverSaw == .exit
                let ended = isNormal ? "ended normally on both sides" : "did not end normally"
                return "\(ended) and the server was \(result.isServerListening ? "" : "not ")listening"
            }
            return sentences(
                """
                In \(portion.share) the first conversation \(before); then the second run's \
                \(portion.cells.tally(\.secondRun)).
                """, portion.cells.explanation)
        }
    }

    /// A3: only what was waited for.
    private var waitingIsEnough: [Finding] {
        filter { $0.recording.freeAfter != nil }.judge("A3") { result in
            result.recording.freeAfter.map { (10..<100).contains($0) } ?? false
        } because: { portion in
            """
            In \(portion.share) the same client could reconnect \
            \(portion.cells.results.compactMap(\.recording.freeAfter).range) s after its last segment, with nothing else \
            done (include/net/tcp.h, TCP_TIMEWAIT_LEN: 60 s).
            """
        }
    }

    /// A4: as long as the trouble lasts.
    private var whatTheTablesShow: [Finding] {
        let cells = filter { $0.cell.bind == .explicit && !$0.outcome.reconnect.succeeded }
        return cells.judge("A4") { result in
            result.recording.aftermath.state(.client) == .timeWait && result.isServerListening
        } because: { portion in
            let states = portion.cells.tally {
                "\($0.recording.aftermath.state(.client)) on the client's host and \($0.recording.aftermath.state(.server)) on the server's"
            }
            return """
                In \(portion.share) where the second run failed, the hosts' socket tables showed, for the old connection's \
                addresses and ports, \(states) (RFC 9293 section 3.6).
                """
        }
    }

    /// A5.
    private var whoGetsTimeWait: [Finding] {
        judgeFirstToClose("A5", source: "RFC 9293 sections 3.3.2 and 3.6")
    }

    /// A7: with neither socket's SO_REUSEADDR, which could make it work all the same.
    private var delayedClose: [Finding] {
        let cells = filter {
            $0.cell.bind == .explicit && $0.cell.reuseAddress == .none && $0.cell.close == .delay
                && $0.cell.serverClose == .first
        }
        return cells.judge("A7", holds: \.outcome.reconnect.succeeded) { portion in
            """
            In \(portion.share) with \(portion.cells.results.compactMap(\.pauseBeforeClose).range) s between the client's \
            `exit` and its close(), \(portion.cells.tally(\.closerAndHolder)); from the same port \
            then \(portion.cells.tally(\.secondRun)). The side that closes first has TIME-WAIT (RFC 9293 section 3.6.1).
            """
        }
    }

    /// A8: with the second run from the same port, and the server's host in TIME-WAIT.
    private var acceptanceInTimeWait: [Finding] {
        let cells = filter { $0.cell.bind == .explicit && $0.recording.aftermath.state(.server) == .timeWait }
        return cells.judge("A8") { result in
            guard let reopening = result.reopening else { return false }
            return reopening.before == .timeWait && [.synReceived, .established].contains(reopening.after)
                && result.outcome.reconnect.succeeded
        } because: { portion in
            let steps = portion.cells.tally { result in
                result.reopening.map { "from \($0.before) to \($0.after)" } ?? "elsewhere, unseen"
            }
            return """
                In \(portion.share) the second run came from the same port; its SYN took the server's host \
                \(steps). RFC 9293 section 3.6.1 (earlier RFC 1122 section 4.2.2.13) allows that, \
                and RFC 6191 section 2 lets timestamps decide; Linux wants a later timestamp or a higher sequence \
                number (net/ipv4/tcp_minisocks.c, tcp_timewait_state_process).
                """
        }
    }

    /// A10: where there would be trouble with an explicit port.
    private var implicitPort: [Finding] {
        let cells = filter { $0.cell.bind == .implicit && $0.recording.aftermath.state(.client) == .timeWait }
        return cells.judge("A10") { result in
            result.outcome.reconnect.succeeded && !result.isFromSamePort
        } because: { portion in
            """
            In \(portion.share) with the first port in TIME-WAIT, the second run's \
            \(portion.cells.tally(\.implicitRun)). connect() looks for a port whose four-tuple is free \
            (net/ipv4/inet_hashtables.c, __inet_hash_connect).
            """
        }
    }

    /// A11: bind() that asks nobody would succeed.
    private var bindAsksTCP: [Finding] {
        let free = filter { $0.cell.bind == .explicit && !$0.wantsPortInTimeWait }
        let cells = filter { $0.wantsPortInTimeWait && $0.cell.reuseAddress != .both }
        return cells.judge("A11") { result in
            result.outcome.reconnect.bind == .ok
        } because: { portion in
            let refused = free.filter { $0.outcome.reconnect.bind != .ok }
            return sentences(
                """
                In \(portion.share), with the port in TIME-WAIT, \
                \(portion.cells.tally(\.secondRun)).
                """,
                free.isEmpty
                    ? nil : "Without TIME-WAIT on the port, bind() failed in \(refused.count) of \(free.count).",
                portion.cells.explanation)
        }
    }
}

extension CellResult {
    fileprivate var isServerListening: Bool { recording.aftermath.state(.server) == .listen }
    fileprivate var isRefusedByConnect: Bool { outcome.reconnect.bind == .ok && outcome.reconnect.connect != .ok }

    /// How the second run went with an implicit port, in words.
    var implicitRun: String {
        guard outcome.reconnect.succeeded else { return secondRun }
        return "connect() succeeded, from \(isFromSamePort ? "the same" : "another") port"
    }

    /// Who closed first and who was left with TIME-WAIT, in words.
    var closerAndHolder: String {
        let closer =
            switch outcome.firstToClose {
            case .client: "the client closed first"
            case .server: "the server closed first"
            case .both: "both closed at once"
            case .none: "nobody closed"
            }
        let holder =
            switch outcome.timeWait {
            case .client: "the client's host"
            case .server: "the server's host"
            case .both: "both hosts"
            case .none: "neither host"
            }
        return "\(closer) and \(holder) had TIME-WAIT"
    }
}
