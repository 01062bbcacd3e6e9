package import Packets
package import TCPSockets

/// The two ends of a connection, by the hosts they are on.
package struct FourTuple: Hashable, Sendable {
    package let client: Endpoint
    package let server: Endpoint

    package init(client: Endpoint, server: Endpoint) {
        self.client = client
        self.server = server
    }

    /// The connection of a segment that came from a host.
    package init(_ segment: Segment, from side: Side) {
        switch side {
        case .client: self.init(client: segment.source, server: segment.destination)
        case .server: self.init(client: segment.destination, server: segment.source)
        }
    }

    package subscript(side: Side) -> Endpoint { side == .client ? client : server }
}

/// What both hosts keep of a connection at one moment: nil where a host knows nothing of it.
package struct SocketStates: Hashable, Sendable {
    package var client: SocketEntry?
    package var server: SocketEntry?

    package init(client: SocketEntry? = nil, server: SocketEntry? = nil) {
        self.client = client
        self.server = server
    }

    package subscript(side: Side) -> SocketEntry? { side == .client ? client : server }

    /// The state of a side; CLOSED where there is no socket (RFC 9293 section 3.3.2: it "represents no connection state
    /// at all").
    package func state(_ side: Side) -> TCPState { self[side]?.state ?? .closed }

    /// Whether neither side will change by anything but a timer, or a new connection.
    package var isSettled: Bool {
        Side.allCases.allSatisfy { [.closed, .timeWait, .listen].contains(state($0)) }
    }

    /// Whether both sides are as far as they come when the server program never closes: the client waits for a FIN that
    /// its kernel stops expecting after net.ipv4.tcp_fin_timeout, the server for a close() (RFC 9293 section 3.6, case 1).
    package var isHalfClosedByClient: Bool {
        state(.client) == .finWait2 && state(.server) == .closeWait
    }
}
