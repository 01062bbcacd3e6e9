package import Packets
package import Recordings

// What segments tell of an end besides the story.

extension ConnectionHistory {
    /// Whether SYNs were sent, and nothing ever came back, nor was anything else sent, as by a client of whom one direction alone
    /// was captured.
    package var isUnanswered: Bool {
        openerSeen && !sent.server.isSeen && !sent.client.hasSentACK && !isOver && sent.client.fin == nil
    }

    /// How often a FIN came again.
    package var repeatedFINs: Int { max(0, sent.client.finCount - 1) + max(0, sent.server.finCount - 1) }

    /// How long one side had closed and the other had not, in seconds: to the other's FIN or RST, else to the last segment; nil
    /// where no FIN was seen.
    package var halfClosedSeconds: Double? {
        let isClientFirst = (sent.client.close?.order ?? .max) < (sent.server.close?.order ?? .max)
        let (first, second) = isClientFirst ? (sent.client, sent.server) : (sent.server, sent.client)
        guard let close = first.close, close.order == first.fin?.order else { return nil }
        return max(0, (second.close?.time ?? last) - close.time)
    }

    /// The number of the client's SYN, where it was seen.
    package var initial: SequenceNumber? { sent.client.initial }

    /// The number behind everything that a side has sent.
    package func next(from side: Side) -> SequenceNumber? { self[side].next }
}
