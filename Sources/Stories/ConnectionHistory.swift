package import Packets
package import Recordings
package import TCPSockets

/// A connection as its segments tell it, one after the other; at any time it can be asked for its story.
///
/// It keeps some hundred bytes whatever the connection carries. The segments are those that the hosts have sent, in the order
/// in which one observer saw them on their way.
package struct ConnectionHistory: Sendable {
    package let client: Endpoint
    package let server: Endpoint
    package private(set) var openerSeen: Bool
    package let opened: Double
    package private(set) var last: Double
    private var count = 0
    /// What ICMP said of the client's SYN.
    private var refusal: Unreachable.Reason?
    private(set) var sent = (client: SentBySide(), server: SentBySide())

    /// Begins with the first segment that was seen of a connection.
    package init(_ segment: SegmentHeader, at time: Double) {
        let isSYN = segment.flags.contains(.syn)
        let isAnswer = isSYN && segment.flags.contains(.ack)
        (client, server) =
            isAnswer ? (segment.destination, segment.source) : (segment.source, segment.destination)
        openerSeen = isSYN && !isAnswer
        (opened, last) = (time, time)
        add(segment, at: time)
    }

    /// Whether a segment with the same ends begins another connection: a SYN that is none of this one's.
    ///
    /// A SYN of the other side, before anybody has answered, is the other half of a simultaneous open (RFC 9293 section 3.5,
    /// figure 7).
    package func isFollowed(by segment: SegmentHeader) -> Bool {
        guard segment.flags.contains(.syn), !segment.flags.contains(.ack) else { return false }
        let side = side(of: segment)
        if let initial = self[side].initial ?? self[side].answeredSYN { return initial != segment.sequence }
        return isOver || self[side].isSeen || self[side.other].hasSentACK
    }

    /// Takes in the next segment.
    package mutating func add(_ segment: SegmentHeader, at time: Double) {
        add(segment, from: side(of: segment), at: time)
    }

    /// The same for one who knows whose segment it is.
    package mutating func add(_ segment: SegmentHeader, from side: Side, at time: Double) {
        last = max(last, time)
        if segment.flags.contains(.syn) {
            if !segment.flags.contains(.ack) {
                openerSeen = openerSeen || side == .client
            } else if !self[side.other].isSeen {
                self[side.other].answeredSYN = segment.acknowledgement &- 1
            }
        }
        let acknowledged = segment.flags.contains(.ack) ? segment.acknowledgement : nil
        let position = acknowledged.flatMap { self[side.other].line?.position(of: $0) }
        if let acknowledged, !segment.flags.contains(.rst) { self[side.other].acknowledge(acknowledged) }
        self[side].send(segment, at: time, order: count, acknowledges: position)
        count += 1
    }

    /// ICMP says that the client's SYN could not be delivered.
    package mutating func refuse(_ reason: Unreachable.Reason, at time: Double) {
        last = max(last, time)
        refusal = refusal ?? reason
    }

    /// Why the client's SYN could not be delivered; nil where the server has answered in spite of it.
    var unreachable: Unreachable.Reason? {
        guard refusal != nil, !sent.server.isSeen, !sent.client.hasSentACK else { return nil }
        return refusal
    }

    private func side(of segment: SegmentHeader) -> Side { segment.source == client ? .client : .server }

    private(set) subscript(side: Side) -> SentBySide {
        // In place: this is asked for with every segment, and a side is large.
        _read {
            if side == .client { yield sent.client } else { yield sent.server }
        }
        _modify {
            if side == .client { yield &sent.client } else { yield &sent.server }
        }
    }

    /// Whether it has ended, by FIN, by RST, or before it began.
    package var isOver: Bool {
        isEndedByFIN || sent.client.reset != nil || sent.server.reset != nil || unreachable != nil
    }

    var isEndedByFIN: Bool { sent.client.isFINAcknowledged && sent.server.isFINAcknowledged }

    var firstReset: (from: Side, mark: SentBySide.Mark, hasACK: Bool)? {
        guard let client = sent.client.reset else { return sent.server.reset.map { (.server, $0.mark, $0.hasACK) } }
        guard let server = sent.server.reset, server.mark.order < client.mark.order else {
            return (.client, client.mark, client.hasACK)
        }
        return (.server, server.mark, server.hasACK)
    }
}

extension ConnectionHistory {
    /// What two hosts have sent over the laboratory's wire, delivered or not, up to the next connection between the same ends;
    /// nil where that is nothing.
    init?(_ captured: [CapturedSegment]) {
        let sent = captured.filter { $0.origin == .host }
        guard let first = sent.first else { return nil }
        self.init(first.segment.header, at: first.time)
        for next in sent.dropFirst() {
            if isFollowed(by: next.segment.header) { break }
            add(next.segment.header, at: next.time)
        }
    }
}
