import ChatProtocol
import Console
import TCPSockets
import Text

/// How a session ended.
enum SessionEnd {
    /// `exit` was sent: by the word, or because the input is over.
    case exit
    /// The server ended the stream at a frame boundary.
    case serverClosed(unanswered: Int)
    /// The server ended the stream inside a frame.
    case truncated
    /// The connection is gone.
    case lost(SocketError)
    /// The server sent something that the protocol does not allow.
    case violated(ProtocolError)
    /// The server sent an error frame.
    case refused(ErrorCode, String)
    /// The server asks who this is, which this client has no key to prove.
    case challenged
    /// The input holds something that cannot be sent.
    case unusableInput(String)
    /// An answer came, and could not be written.
    case answerLost(LostResult)
    case interrupted(Interruption)

    /// Whether the connection is there to be closed in the chosen way. After an end that the other side
    /// made, close() is just the return of the descriptor.
    var usesStrategy: Bool {
        switch self {
        case .exit, .unusableInput, .answerLost, .interrupted: true
        case .serverClosed, .truncated, .lost, .violated, .refused, .challenged: false
        }
    }

    /// What to tell the user: who ended the conversation, and how.
    var problem: String? {
        switch self {
        case .exit, .interrupted: nil
        case .serverClosed(0): "the server closed the connection (FIN, after a whole frame)"
        case .serverClosed(let unanswered):
            "the server closed the connection (FIN) and left \(unanswered) question\(unanswered == 1 ? "" : "s") unanswered"
        case .truncated: "the server closed the connection (FIN) inside a frame: the last answer is truncated"
        case .lost(let error) where error.errno == .timedOut: "the server no longer answers: \(error)"
        case .lost(let error) where [.connectionReset, .brokenPipe].contains(error.errno):
            "the server reset the connection (RST): \(error)"
        case .lost(let error): "the connection is lost: \(error)"
        case .violated(let error): "the server broke the protocol: it sent \(error)"
        case .refused(let code, let text): "the server refused: \(code)\(text.isEmpty ? "" : ": \(visible(text))")"
        case .challenged:
            "the server asks who you are: save the line that chat-client --new-identity NAME prints in a file "
                + "(chmod 600), give it to the server's operator, and use --identity FILE"
        case .unusableInput(let reason): "\(reason); not sent"
        case .answerLost(let error): error.isReaderGone ? nil : "\(error)"
        }
    }

    var status: ExitStatus {
        switch self {
        case .exit: .success
        case .serverClosed, .truncated, .lost: .connectionLost
        case .answerLost(let error): ExitStatus(error)
        case .violated, .unusableInput: .dataError
        case .refused(.busy, _), .refused(.shuttingDown, _), .refused(.answererFailed, _): .unavailable
        case .refused(.notAllowed, _), .challenged: .notPermitted
        case .refused(.idleTooLong, _): .connectionLost
        case .refused: .dataError
        case .interrupted(let interruption): interruption.status
        }
    }
}
