import FoundationEssentials
package import TCPSockets

/// A socket call of a program, as its trace tells it.
package struct SocketCall: Sendable, Hashable {
    package let call: SystemCall
    package let result: Int
    /// nil where the call did not fail.
    package let errno: Errno?
    /// The state of the connection right after the call.
    package let state: TCPState?
    private let line: TraceLine

    /// nil for an event.
    package init?(_ line: TraceLine) {
        guard case .call(let call, let result, let errno, let state) = line.subject else { return nil }
        (self.call, self.result, self.errno, self.state) = (call, result, errno, state)
        self.line = line
    }

    /// When it returned: seconds on CLOCK_MONOTONIC.
    package var time: Double { line.time }

    package var arguments: [String: TraceLine.Value] { line.arguments }

    package func text(_ argument: String) -> String? { line.text(argument) }

    package var descriptor: Int? { line.integer("fd") }

    /// The address that it was given, or found.
    package var address: Endpoint? { text("address").flatMap { Endpoint(numeric: $0) } }

    /// Such as `send(5, 9) = 9` or `recv(5, 65536, 0) EAGAIN`.
    package var inC: String {
        "\(call.rawValue)(\(line.values.joined(separator: ", "))) " + (errno?.name ?? "= \(result)")
    }
}

extension TraceLine {
    /// Reads a line of standard error; nil for one that is none of a trace.
    package init?(line: some StringProtocol) {
        guard line.utf8.first == UInt8(ascii: "{"),
            let read = try? JSONDecoder().decode(TraceLine.self, from: Data(line.utf8))
        else { return nil }
        self = read
    }
}
