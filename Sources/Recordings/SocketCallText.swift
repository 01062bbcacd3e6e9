extension SocketCall {
    /// In the order of the C call, without names.
    private static let order = [
        "fd", "family", "command", "address", "option", "value", "how", "backlog", "length", "flags",
    ]

    /// Such as `send(5, 9) = 9` or `recv(5, 65536, 0) EAGAIN`.
    package var inC: String {
        let values = Self.order.compactMap { name in
            arguments[name].map { argument in
                switch argument {
                case .integer(let number): "\(number)"
                case .text(let text): text
                }
            }
        }
        return "\(call)(\(values.joined(separator: ", "))) " + (errno ?? "= \(result)")
    }
}
