internal import TCPSockets

// The follow-up's claims about socket options, and what other sources say about the same options.

extension MatrixCells {
    /// B7: if close() waited for the server's FIN, the client's would come second, or when the time is over.
    var lingerWithTime: [Finding] {
        filter { $0.cell.close == .linger }.judge("B7") { result in
            result.outcome.firstToClose == .server
        } because: { portion in
            let pauses = portion.cells.results.compactMap(\.pauseBeforeFIN).map { $0 * 1000 }
            return """
                In \(portion.share) with SO_LINGER {on, 5 s}, \(portion.cells.tally(\.closerAndHolder)); the client's FIN \
                followed its last data after \(pauses.range) ms. close() sends the FIN first and waits for its \
                acknowledgement then (net/ipv4/tcp.c, __tcp_close; net/core/stream.c, sk_stream_wait_close).
                """
        }
    }

    /// B9, C10: one option, two accounts of it.
    var lingerZero: [Finding] {
        let cells = filter { $0.cell.close == .reset }
        let because: (Portion) -> String = { portion in
            let ending = portion.cells.tally { result in
                let client = result.hasReset(from: .client) ? "the client sent a RST" : "the client sent no RST"
                let holder = result.outcome.timeWait == .none ? "no host" : "a host"
                return "\(client) and \(holder) had TIME-WAIT"
            }
            return """
                In \(portion.share) with SO_LINGER {on, 0}, \(ending). close() then aborts: the connection is CLOSED at \
                once (RFC 9293 section 3.10.5; net/ipv4/tcp.c, __tcp_close).
                """
        }
        return ["B9", "C10"].flatMap { claim in
            cells.judge(claim) { result in
                result.hasReset(from: .client) && result.outcome.timeWait == .none
            } because: {
                because($0)
            }
        }
    }

    /// B10: on the client alone, where it can be seen to help or not.
    var reuseAddressOnTheClient: [Finding] {
        filter { $0.wantsPortInTimeWait && $0.cell.reuseAddress != .none }.grouped(by: \.cell.sharingWords)
            .flatMap { words, cells in
                cells.judge("B10", words) { result in
                    result.outcome.reconnect.bind == "ok" && !result.outcome.reconnect.succeeded
                } because: { portion in
                    let helped = portion.cells.filter(\.outcome.reconnect.succeeded)
                    return sentences(
                        """
                        \(portion.opening), \(words): \(portion.cells.tally(\.secondRun)); the option helped in \
                        \(helped.count).
                        """, portion.cells.explanation)
                }
            }
    }

    /// E3: the same question, asked the other way round.
    var reuseAddressSkips: [Finding] {
        filter { $0.wantsPortInTimeWait && $0.cell.reuseAddress != .none }.grouped(by: \.cell.sharingWords)
            .flatMap { words, cells in
                cells.judge("E3", words, holds: \.outcome.reconnect.succeeded) { portion in
                    sentences(
                        "\(portion.opening) on the client's side, \(words): \(portion.cells.tally(\.secondRun)).",
                        portion.cells.explanation)
                }
            }
    }
}

extension Cell {
    /// Who sets SO_REUSEADDR, and whether timestamps are on where that matters.
    fileprivate var sharingWords: String {
        switch reuseAddress {
        case .none: "when neither socket sets SO_REUSEADDR"
        case .old: "when only the old socket sets SO_REUSEADDR"
        case .new: "when only the new socket sets SO_REUSEADDR"
        case .both: Sharing(self).words
        }
    }
}
