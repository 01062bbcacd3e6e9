package import TCPSockets

/// A program that has ended, and what it has written.
package struct FinishedProgram: Sendable {
    /// The exit code, or 128 and the number of the signal.
    package let status: Int32
    /// Its standard output.
    package let lines: [String]
    /// What it said on standard error besides its trace.
    package let messages: [String]
    /// Its trace.
    package let calls: [SocketCall]

    package init(status: Int32, lines: [String] = [], messages: [String] = [], calls: [SocketCall] = []) {
        (self.status, self.lines, self.messages, self.calls) = (status, lines, messages, calls)
    }

    /// Its messages, one behind the other.
    package var complaint: String { messages.joined(separator: " ") }

    /// How it ended, in words: its status, and what it said, if anything.
    package var account: String { "it ended with \(status)" + (messages.isEmpty ? "" : ": \(complaint)") }
}

extension FinishedProgram {
    /// The client's end of the connection that it had, if it had one.
    package var localEnd: Endpoint? { calls.first { $0.call == .getsockname && $0.result == 0 }?.address }

    /// Whether it came to listen.
    package var listened: Bool { calls.contains { $0.call == .listen && $0.result == 0 } }
}
