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
    /// Kind 6, from the server, its first frame: prove who you are.
    case challenge(Challenge)
    /// Kind 7, from the client, in answer to that, before anything else.
    case proof(Proof)

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
    case question = 1, answer, exit, error, padding, challenge, proof

    /// The side that may send it.
    public var sender: Role {
        switch self {
        case .question, .exit, .proof: .client
        case .answer, .error, .padding, .challenge: .server
        }
    }

    /// Where in a body of this length its text is; empty where it has none.
    func text(inBodyOf length: Int) -> Range<Int> {
        switch self {
        case .question, .answer: 0..<length
        case .error: 2..<length
        case .proof: 1..<length - Proof.codeSize
        case .exit, .padding, .challenge: 0..<0
        }
    }

    /// The lengths that its body can have: an exit has none, an error at least its code, a challenge and a code one size.
    var bodyLengths: ClosedRange<Int> {
        switch self {
        case .exit: 0...0
        case .error: 2...Frame.highestLimit
        case .challenge: Challenge.size...Challenge.size
        case .proof: Proof.overhead + Proof.nameSizes.lowerBound...Proof.overhead + Proof.nameSizes.upperBound
        case .question, .answer, .padding: 0...Frame.highestLimit
        }
    }
}

/// The two sides of a conversation.
public enum Role: String, Sendable, Hashable {
    case client, server
}
