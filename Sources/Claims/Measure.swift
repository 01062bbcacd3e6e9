package import TCPSockets

/// A figure that an experiment has taken for one way to close, for the decision table.
package struct Measure: Hashable, Sendable {
    package enum Quantity: String, Hashable, Sendable {
        /// Bytes that never arrived when the last segment with data was lost once.
        case bytesLostOnce
        /// Bytes that send() had accepted and that a slow reader never got.
        case bytesLostToSlowReader
        /// Bytes that send() had accepted and that a reader never got that sent something itself after the close.
        case bytesLostToTalkingPeer
        /// How long close() blocked while the reader was slow: seconds.
        case closeSeconds
        /// Connections a second that one address can go on making to one server, with the ports of a default host.
        case connectionsPerSecond
    }

    package let strategy: CloseStrategy
    package let quantity: Quantity
    package let value: Double

    package init(_ quantity: Quantity, _ strategy: CloseStrategy, _ value: Double) {
        self.quantity = quantity
        self.strategy = strategy
        self.value = value
    }
}
