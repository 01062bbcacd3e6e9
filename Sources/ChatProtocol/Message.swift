/// What one frame says.
public enum Message: Hashable, Sendable {
    /// Kind 1, from the client.
    case question(String)
    /// Kind 2, from the server: the answer to the oldest question without one.
    case answer(String)
    /// Kind 3, from the client: no more questions follow.
    case exit
    /// Kind 4, from the server, its last frame: why it ends the conversation.
    case error(ErrorCode, String)
    /// Kind 5, from the server: so many bytes that mean nothing.
    case padding(Int)

    /// The line that a person types reads as this message: `exit`, with or without blanks around it,
    /// is `exit`, and everything else a question.
    public init(typed line: String) {
        let word = line.drop { $0.isWhitespace }
        let end = word.lastIndex { !$0.isWhitespace }
        self = end.map { word[...$0] == "exit" } == true ? .exit : .question(line)
    }
}

/// The byte that names a message on the wire.
public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    case question = 1, answer, exit, error, padding

    /// The side that may send it.
    public var sender: Role {
        switch self {
        case .question, .exit: .client
        case .answer, .error, .padding: .server
        }
    }

    /// Where in the body its text begins: in an error after the code.
    var textOffset: Int { self == .error ? 2 : 0 }

    /// The lengths that its body can have: an exit has none, and an error at least its code.
    var bodyLengths: ClosedRange<Int> {
        switch self {
        case .exit: 0...0
        case .error: 2...Frame.highestLimit
        case .question, .answer, .padding: 0...Frame.highestLimit
        }
    }
}

/// The two sides of a conversation.
public enum Role: String, Sendable, Hashable {
    case client, server
}
