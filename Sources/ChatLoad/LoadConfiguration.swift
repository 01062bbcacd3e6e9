package import TCPSockets

/// Everything about a run that can be chosen.
package struct LoadConfiguration: Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Each connection asks again as soon as it is answered. An operation is an answer.
        case persistent
        /// Each conversation is one question on a connection of its own. An operation is a whole conversation, from
        /// connect() to close().
        case churn
    }

    package var server: Endpoint
    package var mode: Mode
    /// How many connections there are at a time.
    package var connections: Int
    package var duration: Duration
    /// The length of a question, in bytes.
    package var payload: Int
    package var close: CloseStrategy
    package var closeTimes = CloseTimes()
    /// How long persistent connections may take to open, all together.
    package var connectTimeout = Duration.seconds(10)
    /// How long, when the time is over, what has begun may go on to its end. It is not counted any more.
    package var grace = Duration.seconds(1)
    /// How long a connection that failed waits before the next one takes its place. Without it, a server that is gone or a
    /// range of ports that is used up would be asked again hundreds of thousands of times a second.
    package var pauseAfterFailure = Duration.milliseconds(100)

    package init(
        server: Endpoint, mode: Mode, connections: Int, duration: Duration, payload: Int, close: CloseStrategy
    ) {
        self.server = server
        self.mode = mode
        self.connections = connections
        self.duration = duration
        self.payload = payload
        self.close = close
    }
}
