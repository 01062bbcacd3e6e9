import FoundationEssentials
import Synchronization
import TCPSockets

extension TraceLine {
    /// Where it is a call; nil for an event.
    var call: SystemCall? { if case .call(let call, _, _, _) = subject { call } else { nil } }
    var result: Int? { if case .call(_, let result, _, _) = subject { result } else { nil } }
    var errno: Errno? { if case .call(_, _, let errno, _) = subject { errno } else { nil } }
    var state: TCPState? { if case .call(_, _, _, let state) = subject { state } else { nil } }
}

/// The lines that a trace has shown.
final class TraceLog: Sendable {
    private let lines = Mutex<[String]>([])

    func start(_ format: Trace.Format) {
        Trace.start(format) { line in self.lines.withLock { $0.append(line) } }
    }

    var text: [String] { lines.withLock(\.self) }

    func decoded() throws -> [TraceLine] {
        try text.map { try JSONDecoder().decode(TraceLine.self, from: Data($0.utf8)) }
    }
}
