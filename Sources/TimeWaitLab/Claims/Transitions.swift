public import TCPSockets

/// A step from one state to another, as a host's socket table and its program's trace showed it.
public struct Transition: Hashable, Sendable {
    public let from: TCPState
    public let to: TCPState
}

extension Recording {
    /// The states of a host's end of each connection, in order of time, wherever they changed.
    ///
    /// They are seen whenever a segment appears, before and after each delivery; a program's calls fill in what happens
    /// between. Two steps that one segment makes at once look like one.
    public func states(of side: Side) -> [(time: Double, state: TCPState)] {
        var seen: [(time: Double, state: TCPState)] = []
        for passage in passages {
            seen.append((passage.time, passage.states.state(side)))
            for delivery in passage.deliveries {
                seen.append((delivery.time, delivery.before.state(side)))
                seen.append((delivery.time, delivery.after.state(side)))
            }
        }
        // A stable sort: before and after a delivery bear the same time.
        let ordered = seen.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        return ordered.map(\.element).reduce(into: []) { changes, next in
            if changes.last?.state != next.state { changes.append(next) }
        }
    }

    /// Every step that was seen on a host.
    public func transitions(of side: Side) -> [Transition] {
        let states = states(of: side).map(\.state)
        return zip(states, states.dropFirst()).map { Transition(from: $0, to: $1) }
    }
}
