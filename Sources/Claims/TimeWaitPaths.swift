import Packets
import Recordings
import TCPSockets

/// A16: whatever path leads into TIME-WAIT, by then this side's FIN is acknowledged and the peer's FIN has arrived.
///
/// It is judged on everything that a run has recorded, wherever a host was seen to enter TIME-WAIT.
///
/// - Parameter recordings: Each with the cell or the experiment that it is of.
func timeWaitPathFindings(_ recordings: [(of: String, recording: Recording)]) -> [Finding] {
    let all = recordings.flatMap { id, recording in entries(in: recording).map { (id, $0) } }
    let groups = Dictionary(grouping: all) { $0.1.from }.sorted { $0.key.rawValue < $1.key.rawValue }
    return groups.map { from, entries in
        let kept = entries.count { $0.1.finIsAcknowledged && $0.1.peerFINArrived }
        return Finding(
            "A16", holds: kept == entries.count, under: .ordinary("on the way from \(from)"),
            because:
                "From \(from): at \(kept) of \(entries.count) entries into TIME-WAIT this side's FIN had been acknowledged and "
                + "the peer's FIN had arrived (RFC 9293 section 3.10.7.4).",
            evidence: entries.map(\.0).prefix(3).map { $0 })
    }
}

private struct Entry {
    let from: TCPState
    let finIsAcknowledged: Bool
    let peerFINArrived: Bool
}

private func entries(in recording: Recording) -> [Entry] {
    recording.connections.flatMap { connection in
        let segments = recording.segments.filter { $0.connection == connection }
        return Side.allCases.flatMap { side in entries(in: segments, of: side) }
    }
}

private func entries(in segments: [CapturedSegment], of side: Side) -> [Entry] {
    let deliveries = segments.flatMap { captured in captured.deliveries.map { (captured, $0) } }.sorted {
        $0.1.time < $1.1.time
    }
    // Only deliveries change a host's state into TIME-WAIT: what leads there is always a segment from outside.
    return deliveries.enumerated().compactMap { index, item in
        let (before, after) = (item.1.before.state(side), item.1.after.state(side))
        guard after == .timeWait, before != .timeWait else { return nil }
        let arrived = deliveries[...index].map(\.0).filter { $0.from != side }
        let fin = segments.last { $0.from == side && $0.segment.flags.contains(.fin) && $0.time <= item.1.time }
        let isAcknowledged = fin.map { fin in
            arrived.contains {
                $0.segment.flags.contains(.ack) && $0.segment.acknowledgement.distance(after: fin.segment.end) >= 0
            }
        }
        return Entry(
            from: before, finIsAcknowledged: isAcknowledged ?? false,
            peerFINArrived: arrived.contains { $0.segment.flags.contains(.fin) })
    }
}
