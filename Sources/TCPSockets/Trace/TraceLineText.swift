internal import FoundationEssentials

extension TraceLine {
    /// The names of arguments in the order of the C calls.
    private static let order = [
        "fd", "family", "command", "address", "ending", "code", "option", "value", "how", "backlog", "length", "flags",
    ]

    /// The arguments in the order of the C call, without their names.
    public var values: [String] {
        Self.order.compactMap { arguments[$0] }.map { value in
            switch value {
            case .integer(let number): "\(number)"
            case .text(let text): text
            }
        }
    }

    /// Such as `connect(5, 127.0.0.1:7000) = -1 ECONNREFUSED (Connection refused)  [CLOSED]`.
    var text: String {
        let values = values.joined(separator: ", ")
        switch subject {
        case .event(let event): return "\(event): \(values)"
        case .call(let call, let result, let errno, let state):
            let failure = errno.map { " \($0)" } ?? ""
            return "\(call.rawValue)(\(values)) = \(result)\(failure)" + (state.map { "  [\($0)]" } ?? "")
        }
    }

    /// One line of JSON, without its end.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
