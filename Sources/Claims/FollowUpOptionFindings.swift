import Recordings
import TCPSockets
import Text

// The follow-up's claims about socket options, and what other sources say about the same options.

extension MatrixCells {
    /// B7: in most cells the server cannot be the first, because it waits for the client, or because the wire sees to it.
    /// What tells there is whether close() waited for it: it would have waited for 5 s.
    var lingerWithTime: [Finding] {
        filter { $0.cell.close == .linger }.judge("B7") { result in
            result.outcome.firstToClose == .server || (result.pauseBeforeFIN ?? .infinity) > 4
        } because: { portion in
            let pauses = portion.cells.results.compactMap(\.pauseBeforeFIN).map { $0 * 1000 }
            return sentences(
                """
                In \(portion.share) with SO_LINGER {on, 5 s}, \(portion.cells.tally(\.closerAndHolder)); the client's FIN \
                followed its last data after \(pauses.range) ms.
                """,
                portion.holds
                    ? nil
                    : """
                    On Linux close() sends the FIN at once, then waits for its ACK \
                    (net/ipv4/tcp.c, __tcp_close; net/core/stream.c, sk_stream_wait_close).
                    """)
        }
    }

    /// B9, C10: one option, two accounts of it.
    var lingerZero: [Finding] {
        let cells = filter { $0.cell.close == .reset }
        let because: (Portion) -> String = { portion in
            let ending = portion.cells.tally { result in
                let client = result.hasReset(from: .client) ? "the client sent a RST" : "the client sent no RST"
                let holder = result.outcome.timeWait == .none ? "neither host" : "a host"
                return "\(client) and \(holder) had TIME-WAIT"
            }
            let reason =
                "close() then aborts: the connection goes to CLOSED at once (RFC 9293 section 3.10.5; net/ipv4/tcp.c, __tcp_close)."
            return sentences("In \(portion.share) with SO_LINGER {on, 0}, \(ending).", portion.holds ? reason : nil)
        }
        return ["B9", "C10"].flatMap { claim in
            cells.judge(claim) { result in
                result.hasReset(from: .client) && result.outcome.timeWait == .none
            } because: {
                because($0)
            }
        }
    }

    /// B10: on the client, where it can be seen to help or not.
    var reuseAddressOnTheClient: [Finding] {
        withReuseAddress.judgeSecondRuns("B10", under: \.circumstancesOfReuse) { result in
            result.outcome.reconnect.bind == .ok && !result.outcome.reconnect.succeeded
        }
    }

    /// E3: the same question, asked the other way round.
    var reuseAddressSkips: [Finding] {
        withReuseAddress.judgeSecondRuns("E3", under: \.circumstancesOfReuse, holds: \.outcome.reconnect.succeeded)
    }

    private var withReuseAddress: MatrixCells { filter { $0.cell.reuseAddress != .none } }
}
