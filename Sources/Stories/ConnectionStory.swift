package import Packets
package import Recordings

// From what both sides have sent to the story of their connection.

extension ConnectionHistory {
    /// - Parameters:
    ///   - end: When the recording ended, on its clock; nil where it is not known how long nothing more came.
    ///   - timeWait: Who was seen to hold TIME-WAIT, where the hosts' tables were looked at.
    ///   - cause: Why the RST was sent, where the kernel was asked.
    package func story(
        until end: Double? = nil, timeWait: Outcome.Holder? = nil, cause: (ResetCause, reason: String?)? = nil
    ) -> Story {
        let ending = ending(until: end)
        let isBoth = sent.client.isSeen && sent.server.isSeen
        return Story(
            client: client, server: server, openerSeen: openerSeen, opened: opened, seconds: last - opened,
            firstToClose: firstToClose, isFirstReset: isFirstReset, ending: ending, unreachable: unreachable,
            timeWait: timeWait.map { .init($0) } ?? derivedTimeWait(ending), timeWaitSeen: timeWait != nil,
            reset: reset(ending, cause),
            bytes: .init(client: sent.client.bytes, server: sent.server.bytes),
            unacknowledged: isBoth
                ? .init(client: sent.client.unacknowledged, server: sent.server.unacknowledged) : nil,
            retransmitted: .init(client: sent.client.retransmitted, server: sent.server.retransmitted),
            directionsSeen: isBoth ? .both : sent.client.isSeen ? .client : .server)
    }

    /// The side whose FIN or RST was seen first. Both, where two FINs crossed: each was sent before the other side's had
    /// arrived, and so does not acknowledge it (RFC 9293 section 3.6, case 3). The order in which an observer sees them does
    /// not tell.
    private var firstToClose: Outcome.Holder {
        if unreachable != nil { return .server }
        guard let client = sent.client.close else { return sent.server.close == nil ? .none : .server }
        guard let server = sent.server.close else { return .client }
        let first: Side = client.order < server.order ? .client : .server
        let second = first == .client ? server : client
        if let fin = self[first].fin, let other = self[first.other].fin, other.order == second.order,
            let acknowledged = other.acknowledges, acknowledged <= fin.position
        {
            return .both
        }
        return first == .client ? .client : .server
    }

    /// Whether the first of all FINs and RSTs was a RST.
    private var isFirstReset: Bool {
        guard let reset = firstReset else { return false }
        return Side.allCases.allSatisfy { side in self[side].fin.map { $0.order > reset.mark.order } ?? true }
    }

    private func ending(until end: Double?) -> Story.Ending {
        if unreachable != nil { return .refused }
        if let reset = firstReset {
            if isRefusal(reset.from) { return .refused }
            // A RST after both FINs were acknowledged ended nothing but, perhaps, TIME-WAIT.
            return isEndedByFIN ? .fin : .rst
        }
        if isEndedByFIN { return .fin }
        return Side.allCases.contains { isGivenUp($0, until: end) } ? .timedOut : .open
    }

    /// Whether this side's RST answered the other's SYN: it has sent nothing else.
    private func isRefusal(_ side: Side) -> Bool {
        self[side.other].initial != nil && self[side].initial == nil && !self[side.other].hasSentACK
    }

    /// Whether a side has sent something again, and then not again when it should have: the time between doubles each time
    /// (RFC 6298 section 5.5).
    private func isGivenUp(_ side: Side, until end: Double?) -> Bool {
        guard let end, let again = self[side].times.again, self[side].awaitsAcknowledgement else { return false }
        return end - again > 2 * (again - self[side].times.new) + 1
    }

    private func derivedTimeWait(_ ending: Story.Ending) -> Story.TimeWait {
        switch ending {
        case .refused, .timedOut: return .none
        // The last ACK may have been on its way.
        case .rst: return enteredTimeWait == .none ? .none : .unknown
        case .fin:
            // A RST for TIME-WAIT ends it, unless net.ipv4.tcp_rfc1337 is set (RFC 1337).
            return firstReset == nil ? .init(firstToClose) : .unknown
        case .open:
            guard sent.client.fin != nil || sent.server.fin != nil else { return .none }
            guard sent.client.isSeen, sent.server.isSeen else { return .unknown }
            return enteredTimeWait
        }
    }

    /// Whoever closed first is in TIME-WAIT when its own FIN is acknowledged and the other one has come, although the last
    /// ACK may be missing.
    private var enteredTimeWait: Story.TimeWait {
        guard sent.client.fin != nil, sent.server.fin != nil else { return .none }
        switch firstToClose {
        case .client where sent.client.isFINAcknowledged: return .client
        case .server where sent.server.isFINAcknowledged: return .server
        default: return .unknown
        }
    }

    private func reset(_ ending: Story.Ending, _ known: (ResetCause, reason: String?)?) -> Story.Reset? {
        guard let reset = firstReset else { return nil }
        if let (cause, reason) = known {
            return .init(from: reset.from, cause: cause, reason: reason, knownFrom: .kernel)
        }
        let candidates = candidates(reset, ending)
        return .init(
            from: reset.from, cause: candidates.count == 1 ? candidates[0] : .unknown, knownFrom: .segments,
            candidates: candidates.count == 1 ? [] : candidates)
    }

    /// What a RST can have been for. One without ACK answers a segment for which there is no socket, or none that takes it
    /// (RFC 9293 section 3.10.7.1); one with ACK, to a segment that had one, is a program's or a timer's doing.
    private func candidates(
        _ reset: (from: Side, mark: SentBySide.Mark, hasACK: Bool), _ ending: Story.Ending
    ) -> [ResetCause] {
        if ending == .refused { return [.refused] }
        if reset.hasACK { return [.lingerZero, .unreadData, .disconnect, .keepalive] }
        guard let fin = self[reset.from].fin else { return [.noConnection] }
        // It had closed, and then data came.
        let other = self[reset.from.other]
        return other.hasData(behind: fin.acknowledges ?? .max) ? [.lateData] : [.noConnection]
    }
}

extension Story.TimeWait {
    init(_ holder: Outcome.Holder) {
        switch holder {
        case .client: self = .client
        case .server: self = .server
        case .both: self = .both
        case .none: self = .none
        }
    }
}

extension Story {
    /// The stories of all connections between the same two ends, in the order in which they began.
    package static func stories(
        of segments: some Sequence<(header: SegmentHeader, time: Double)>, until end: Double? = nil
    ) -> [Story] {
        var histories: [ConnectionHistory] = []
        for (segment, time) in segments {
            if let last = histories.last, !last.isFollowed(by: segment) {
                histories[histories.count - 1].add(segment, at: time)
            } else {
                histories.append(ConnectionHistory(segment, at: time))
            }
        }
        return histories.map { $0.story(until: end) }
    }
}
