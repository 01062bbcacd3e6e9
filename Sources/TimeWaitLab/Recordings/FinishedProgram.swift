internal import TCPSockets

/// A program that has ended, and what it has written.
public struct FinishedProgram: Sendable {
    /// The exit code, or 128 and the number of the signal.
    public let status: Int32
    /// Its standard output.
    public let lines: [String]
    /// What it said on standard error besides its trace.
    public let messages: [String]
    /// Its trace.
    public let calls: [SocketCall]

    public init(status: Int32, lines: [String] = [], messages: [String] = [], calls: [SocketCall] = []) {
        (self.status, self.lines, self.messages, self.calls) = (status, lines, messages, calls)
    }

    /// Its messages, one behind the other.
    public var complaint: String { messages.joined(separator: " ") }
}

extension FinishedProgram {
    /// The client's end of the connection that it had, if it had one.
    var localEnd: Endpoint? { calls.first { $0.call == "getsockname" && $0.result == 0 }?.address }

    /// Whether it came to listen.
    var listened: Bool { calls.contains { $0.call == "listen" && $0.result == 0 } }
}
