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
                "\(pile.count.grouped) connections to \(pile.destination) wait in SYN-SENT for an answer, \(pile.repeated.grouped) of them "
                    + "with their SYN sent again.",
                [
                    "See whether its host is up, and whether a firewall drops the SYN or its listener's queue is full.",
                    "Dial with a time limit, and with pauses that grow.",
                ])
        }
    }

    /// Connection tracking drops packets of new connections once its table is full.
    var trackingAdvice: Advice? {
        guard let tracking, tracking.limit > 0, tracking.count * 10 >= tracking.limit * 8 else { return nil }
        return Advice(
            tracking.count >= tracking.limit ? .critical : .warning,
            "The table of connection tracking has \(tracking.count.grouped) of \(tracking.limit.grouped) entries: beyond that, packets "
                + "of new connections are dropped, and connect() ends with ETIMEDOUT.",
            [
                "Keep connections open and use them again.",
                "Leave out of tracking what needs none: notrack (nft(8)).",
                "Raise net.netfilter.nf_conntrack_max.",
            ])
    }
}
