import Claims
import Recordings
import TCPSockets

/// Puts the events of a recording in order, and its states beside them.
struct Schedule {
    private typealias Kind = SequenceDiagram.Kind
    private typealias Edge = SequenceDiagram.Edge

    private(set) var rows: [SequenceDiagram.Row] = []
    private(set) var bands: [SequenceDiagram.Band] = []

    /// A segment that is delivered later than this is drawn as one that waited, even where nothing came between.
    private static let promptly = 0.005

    private struct Event {
        let time: Double
        /// Of a crossing: when it arrived.
        var arrival: Double?
        let kind: Kind
        var connection: FourTuple?

        /// Of events at the same time, what stands first.
        var rank: Int {
            switch kind {
            case .heading: 0
            case .change: 1
            default: 2
            }
        }
    }

    init(_ recording: Recording, marks: [SequenceDiagram.Mark]) {
        let changes = Side.allCases.flatMap { side in
            recording.statesAtHand(of: side).map { (side: side, time: $0.time, state: $0.state) }
        }
        var events = marks.map { Event(time: $0.time, kind: .heading($0.text)) }
        let start = recording.segments.first?.time
        events += Self.wireEvents(recording.segments) { from, to in
            Side.allCases.allSatisfy { side in
                changes.count { $0.side == side && $0.time >= from && $0.time <= to && $0.time != start } < 2
            }
        }
        events += Self.calls(recording)
        events += Self.unexplained(changes.map { ($0.side, $0.time) }, events)
        let ordered = events.enumerated().sorted { one, other in
            (one.element.time, one.element.rank, one.offset) < (other.element.time, other.element.rank, other.offset)
        }
        place(ordered.map(\.element))
        for side in Side.allCases {
            bands += bands(side, changes.filter { $0.side == side }.map { ($0.time, $0.state) })
        }
    }

    // MARK: - events

    /// - Parameter isCalm: Whether neither side changed twice from one time to another.
    private static func wireEvents(_ segments: [CapturedSegment], isCalm: (Double, Double) -> Bool) -> [Event] {
        let moves = (segments.map(\.time) + segments.flatMap { $0.deliveries.map(\.time) }).sorted()
        /// How many segments appeared or were delivered between two times.
        func moved(between start: Double, _ end: Double) -> Int {
            moves.partitioningIndex { $0 >= end } - moves.partitioningIndex { $0 > start }
        }
        var numbers = RelativeNumbers()
        var connection: FourTuple?
        return segments.flatMap { captured -> [Event] in
            // What another connection is does not count as a change: it has a heading of its own.
            let isSameConnection = captured.connection == connection
            connection = captured.connection
            let arrow = numbers.arrow(captured)
            func event(_ time: Double, _ kind: Kind, arrival: Double? = nil) -> Event {
                Event(time: time, arrival: arrival, kind: kind, connection: captured.connection)
            }
            guard let first = captured.arrival else { return [event(captured.time, .loss(arrow, captured.fate))] }
            let isPrompt =
                first - captured.time < promptly && moved(between: captured.time, first) == 0
                && isCalm(isSameConnection ? captured.time : captured.time.nextUp, first)
            var events =
                isPrompt
                ? [event(captured.time, .crossing(arrow), arrival: first)] : [event(captured.time, .departure(arrow))]
            for (index, delivery) in captured.deliveries.enumerated() where index > 0 || !isPrompt {
                let wait = delivery.time - captured.time
                events.append(event(delivery.time, .arrival(arrow, after: wait, again: index > 0)))
            }
            return events
        }
    }

    private static func calls(_ recording: Recording) -> [Event] {
        [(Side.client, recording.clientCalls), (.server, recording.serverCalls)].flatMap { side, calls in
            calls.worthShowing.map { Event(time: $0.time, kind: .call(side, CallText($0))) }
        }
    }

    /// Rows for changes that would otherwise share a place with another change of the same side, or have none.
    private static func unexplained(_ changes: [(side: Side, time: Double)], _ events: [Event]) -> [Event] {
        let times = Set(events.flatMap { [$0.time, $0.arrival].compactMap { $0 } })
        return Side.allCases.flatMap { side in
            Dictionary(grouping: changes.filter { $0.side == side }, by: \.time).flatMap { time, changes in
                let own = changes.count - (times.contains(time) ? 1 : 0)
                return (0..<own).map { _ in Event(time: time, kind: .change) }
            }
        }
    }

    // MARK: - rows

    private mutating func place(_ events: [Event]) {
        var connection: FourTuple?
        for event in events {
            if let other = event.connection, other != connection {
                let word = connection == nil ? "" : "another connection: "
                // What its ends are then is told beside the heading.
                moments[event.time] = [Edge(row: rows.count, part: connection == nil ? .top : .tail)]
                rows.append(
                    SequenceDiagram.Row(time: nil, kind: .heading("\(word)\(other.client) → \(other.server)")))
                connection = other
                note(event, row: rows.count, isFirst: true)
            } else {
                note(event, row: rows.count, isFirst: false)
            }
            let isRemark = if case .heading = event.kind { true } else { false }
            rows.append(SequenceDiagram.Row(time: isRemark ? nil : event.time, kind: event.kind))
        }
    }

    /// Where a moment is: its rows, in order.
    private var moments: [Double: [Edge]] = [:]

    private mutating func note(_ event: Event, row: Int, isFirst: Bool) {
        if let arrival = event.arrival { moments[arrival, default: []].append(Edge(row: row, part: .head)) }
        if case .heading = event.kind { return }
        if isFirst { return }
        let part: Edge.Part = if case .arrival = event.kind { .head } else { .tail }
        moments[event.time, default: []].append(Edge(row: row, part: part))
    }

    private func bands(_ side: Side, _ changes: [(time: Double, state: TCPState)]) -> [SequenceDiagram.Band] {
        let end = Edge(row: rows.count - 1, part: .bottom)
        var bands: [SequenceDiagram.Band] = []
        for (index, change) in changes.enumerated() {
            let later = changes[(index + 1)...].prefix { $0.time == change.time }.count
            guard let edges = moments[change.time], let start = edges.dropLast(later).last else { continue }
            if !bands.isEmpty { bands[bands.count - 1].end = start }
            bands.append(SequenceDiagram.Band(side: side, state: change.state, start: start, end: end))
        }
        return bands
    }
}

extension Recording {
    /// The states of a host's end of whichever connection moved last; each connection's own, from the moment when it is at
    /// hand to the moment when another one is.
    fileprivate func statesAtHand(of side: Side) -> [(time: Double, state: TCPState)] {
        let moves = segments.flatMap { captured in
            ([captured.time] + captured.deliveries.map(\.time)).map { (time: $0, connection: captured.connection) }
        }.sorted { $0.time < $1.time }
        var turns: [(time: Double, connection: FourTuple)] = []
        for move in moves where move.connection != turns.last?.connection { turns.append(move) }
        let states = Dictionary(uniqueKeysWithValues: connections.map { ($0, self.states(of: side, on: $0)) })
        return turns.enumerated().flatMap { index, turn -> [(time: Double, state: TCPState)] in
            let end = index + 1 < turns.count ? turns[index + 1].time : .infinity
            let own = states[turn.connection, default: []]
            let first = (own.last { $0.time <= turn.time } ?? own.first).map { [(turn.time, $0.state)] } ?? []
            return first + own.filter { $0.time > turn.time && $0.time < end }
        }
    }
}

extension [Double] {
    /// Where the first value stands that answers a description, in an array in which those that do not stand first.
    fileprivate func partitioningIndex(where matches: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if matches(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
