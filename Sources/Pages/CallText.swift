import Recordings
import TCPSockets

/// A socket call in a few words: its name, what matters of its arguments, what it returned.
struct CallText: Hashable, Sendable {
    /// Such as `bind(0.0.0.0:50001)`.
    let call: String
    /// A number, or the name of an error.
    let result: String
    /// Whether it failed, and not only for now.
    let isFailure: Bool

    init(_ call: SocketCall) {
        let words = Self.arguments.compactMap { name -> String? in
            switch call.arguments[name] {
            case .integer(let number): "\(number)"
            case .text("0"): nil
            case .text(let text): text
            case nil: nil
            }
        }
        self.call = Self.shortened("\(call.call.rawValue)(\(words.joined(separator: ", ")))", to: 42)
        result = Self.shortened(call.errno?.name ?? "\(call.result)", to: 20)
        isFailure = call.errno.map { !Self.momentary.contains($0) } ?? false
    }

    /// In the order of the C functions. Descriptors are left out: beside a life line it is clear whose socket it is.
    private static let arguments = ["family", "address", "option", "value", "how", "backlog", "length", "flags"]

    private static let momentary: Set<Errno> = [.wouldBlock, .inProgress, .interrupted]

    private static func shortened(_ text: String, to limit: Int) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}

extension [SocketCall] {
    /// All but those that only look at what the call before has set, or copy a descriptor.
    var worthShowing: [SocketCall] {
        enumerated().filter { index, call in
            if call.call == .fcntl { return false }
            guard call.call == .getsockopt, call.errno == nil, index > 0 else { return true }
            let before = self[index - 1]
            return before.call != .setsockopt || before.text("option") != call.text("option")
        }.map(\.element)
    }
}
