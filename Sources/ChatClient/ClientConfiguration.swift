package import Console
package import Identities
package import TCPSockets

/// Everything that can be chosen about a client.
package struct ClientConfiguration: Sendable {
    package var host: String
    package var port: UInt16
    package var bind = BindMode.implicit
    package var close = CloseStrategy.active
    package var closeTimes = CloseTimes()
    package var connectTimeout = Duration.seconds(10)
    package var maximumFrame: Int
    /// Whether to say, after closing, what the kernel still keeps for the connection.
    package var showsAftermath = false
    /// Where typed lines are kept; nil for nowhere.
    package var history: LineHistory?
    /// Who this is, for a server that asks.
    package var identity: Identity?
    package var trace: Trace.Format?

    package init(host: String, port: UInt16, maximumFrame: Int) {
        self.host = host
        self.port = port
        self.maximumFrame = maximumFrame
    }
}
