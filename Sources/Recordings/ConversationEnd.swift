package import ChatProtocol
package import TCPSockets

/// How a conversation with a client ended, as the server's trace tells it.
package struct ConversationEnd: Sendable, Hashable {
    package enum Way: Sendable, Hashable {
        case peer(Ending)
        /// The server ended it, for the reason in its error frame.
        case refused(ErrorCode)
        /// The client said `exit`, and the server never closes.
        case leaked
    }

    package let client: Endpoint
    package let way: Way

    /// nil for a line that tells no end.
    package init?(_ line: TraceLine) {
        guard case .event(let event) = line.subject,
            let client = line.text("address").flatMap({ Endpoint(numeric: $0) }),
            let way = Way(event, line)
        else { return nil }
        (self.client, self.way) = (client, way)
    }
}

extension ConversationEnd.Way {
    fileprivate init?(_ event: String, _ line: TraceLine) {
        switch (event, line.text("ending")) {
        case ("conversation-leaked", _): self = .leaked
        case ("conversation-over", "refused"):
            guard let code = line.integer("code").flatMap(UInt16.init(exactly:)) else { return nil }
            self = .refused(ErrorCode(rawValue: code))
        case ("conversation-over", let ending?):
            guard let ending = Ending(rawValue: ending) else { return nil }
            self = .peer(ending)
        default: return nil
        }
    }
}

extension ConversationEnd.Way: CustomStringConvertible {
    /// For people; the server that leaks has seen an `exit`.
    package var description: String {
        switch self {
        case .peer(let ending): ending.rawValue
        case .refused(let code): "refused: \(code)"
        case .leaked: Ending.exit.rawValue
        }
    }
}
