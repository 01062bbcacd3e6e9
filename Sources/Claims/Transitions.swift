package import Recordings
package import TCPSockets

/// A step from one state to another, as a host's socket table and its program's trace showed it.
package struct Transition: Hashable, Sendable {
    package let from: TCPState
    package let to: TCPState

    package init(from: TCPState, to: TCPState) {
        self.from = from
        self.to = to
    }

    /// Whether it is one step: of the figure, by a RST, or out of TIME-WAIT by a SYN. Where a program acts between two looks, a
    /// state that was passed in between is not seen, and two steps look like one that does not exist.
    var isSingleStep: Bool {
        StateDiagram.figure.contains { $0.0 == self } || to == .closed || (from == .timeWait && to == .synReceived)
    }
}

extension Recording {
    /// The connections that the segments belong to, in order of appearance.
    package var connections: [FourTuple] {
        var seen: Set<FourTuple> = []
        return (segments.map(\.connection) + samples.map(\.connection)).filter { seen.insert($0).inserted }
    }

    /// The states of a host's end of a connection, in order of time, wherever they changed.
    ///
    /// They are seen whenever a segment appears, before and after each delivery, and whenever an experiment looked. Two
    /// steps that one segment makes at once look like one.
    ///
    /// - Parameter connection: nil for the first one of the recording.
    package func states(of side: Side, on connection: FourTuple? = nil) -> [(time: Double, state: TCPState)] {
        guard let connection = connection ?? connections.first else { return [] }
        var seen: [(time: Double, state: TCPState)] = []
        for captured in segments where captured.connection == connection {
            seen.append((captured.time, captured.states.state(side)))
            for delivery in captured.deliveries {
                seen.append((delivery.time, delivery.before.state(side)))
                seen.append((delivery.time, delivery.after.state(side)))
            }
        }
        seen += samples.filter { $0.connection == connection }.map { ($0.time, $0.states.state(side)) }
        // A stable sort: before and after a delivery bear the same time.
        let ordered = seen.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        return ordered.map(\.element).reduce(into: []) { changes, next in
            if changes.last?.state != next.state { changes.append(next) }
        }
    }

    /// Every single step that was seen on a host.
    package func transitions(of side: Side) -> [Transition] {
        let calls = side == .client ? clientCalls : serverCalls
        return calls.openings
            + connections.flatMap { connection in
                var states = states(of: side, on: connection).map(\.state)
                // Before its first SYN appears, a socket that dials is CLOSED: its trace says so, and the table had nothing.
                if states.first == .synSent { states.insert(.closed, at: 0) }
                return zip(states, states.dropFirst()).map { from, to in
                    // Where a listener is all that is left, the connection itself is CLOSED. Only a request for one
                    // (SYN-RECEIVED) goes back to LISTEN.
                    Transition(from: from, to: to == .listen && from != .synReceived && from != .closed ? .closed : to)
                }
            }.filter(\.isSingleStep)
    }
}

extension [SocketCall] {
    /// What a program did to its listening sockets.
    fileprivate var openings: [Transition] {
        let listeners = Set(filter { $0.call == .listen && $0.state == .listen }.compactMap(\.descriptor))
        let opened = listeners.isEmpty ? [] : [Transition(from: .closed, to: .listen)]
        let isClosed = contains { call in
            call.call == .close && call.result == 0 && call.descriptor.map(listeners.contains) == true
        }
        return opened + (isClosed ? [Transition(from: .listen, to: .closed)] : [])
    }
}
