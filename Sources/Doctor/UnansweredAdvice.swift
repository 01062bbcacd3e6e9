import TCPSockets
import Text

extension Checkup {
    /// How many connections to one destination must wait for an answer to be worth a word.
    private static let pile = 5

    /// Destinations that do not answer: piles of SYN-SENT whose SYN was sent again.
    var unansweredAdvice: [Advice] {
        exposure.unanswered.prefix { $0.count >= Self.pile }.prefix(3).map { pile in
            Advice(
                .warning,
                "\(pile.count.grouped) connections to \(pile.destination) wait in SYN-SENT, "
                    + "\(pile.repeated.grouped) of them with a repeated SYN.",
                [
                    "Check whether the host is down, a firewall drops the SYN, or the listener's queue is full.",
                    "Connect with a timeout, and retry with growing pauses.",
                ])
        }
    }

    /// Connection tracking drops packets of new connections once its table is full.
    var trackingAdvice: Advice? {
        guard let tracking, tracking.limit > 0, tracking.count * 10 >= tracking.limit * 8 else { return nil }
        return Advice(
            tracking.count >= tracking.limit ? .critical : .warning,
            "Connection tracking has \(tracking.count.grouped) of \(tracking.limit.grouped) entries: once it is "
                + "full, packets of new connections are dropped, and connect() fails with ETIMEDOUT.",
            [
                "Keep connections open and reuse them.",
                "Exempt what needs no tracking: notrack (nft(8)).",
                "Raise net.netfilter.nf_conntrack_max.",
            ])
    }
}
