public import Console
public import TCPSockets

/// Everything that can be chosen about a client.
public struct ClientConfiguration: Sendable {
    public var host: String
    public var port: UInt16
    public var bind = BindMode.implicit
    public var close = CloseStrategy.active
    public var closeTimes = CloseTimes()
    public var connectTimeout = Duration.seconds(10)
    public var maximumFrame: Int
    /// Whether to say, after closing, what the kernel still keeps for the connection.
    public var showsAftermath = false
    /// Where typed lines are kept; nil for nowhere.
    public var history: LineHistory?
    public var trace: Trace.Format?

    public init(host: String, port: UInt16, maximumFrame: Int) {
        self.host = host
        self.port = port
        self.maximumFrame = maximumFrame
    }
}
