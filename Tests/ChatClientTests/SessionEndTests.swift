import ChatProtocol
import Console
import Glibc
import TCPSockets
import Testing

@testable import ChatClient

@Suite("How a session ended", .timeLimit(.minutes(5)))
struct SessionEndTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let end: SessionEnd
        let status: CInt
        let words: String?
        var usesStrategy = false
        var testDescription: String { "\(end)" }

        init(_ end: SessionEnd, _ status: CInt, _ words: String?, usesStrategy: Bool = false) {
            (self.end, self.status, self.words, self.usesStrategy) = (end, status, words, usesStrategy)
        }
    }

    static let cases = [
        Case(.exit, 0, nil, usesStrategy: true),
        Case(.serverClosed(unanswered: 0), 74, "the server closed the connection (FIN, after a whole frame)"),
        Case(
            .serverClosed(unanswered: 1), 74, "the server closed the connection (FIN) and left 1 question unanswered"),
        Case(
            .serverClosed(unanswered: 2), 74, "the server closed the connection (FIN) and left 2 questions unanswered"),
        Case(.truncated, 74, "the server closed the connection (FIN) inside a frame: the last answer is truncated"),
        Case(
            .lost(SocketError(.recv, .connectionReset)), 74,
            "the server reset the connection (RST): recv: ECONNRESET (Connection reset by peer)"),
        Case(
            .lost(SocketError(.recv, .timedOut)), 74,
            "the server no longer answers: recv: ETIMEDOUT (Connection timed out)"),
        Case(.violated(.unasked), 65, "the server broke the protocol: it sent an answer to no question"),
        Case(.refused(.frameTooLarge, ""), 65, "the server refused: frame too large"),
        Case(.refused(.busy, "full"), 69, "the server refused: busy: full"),
        Case(.refused(.notAllowed, ""), 77, "the server refused: not allowed"),
        Case(.refused(.idleTooLong, ""), 74, "the server refused: idle too long"),
        Case(.refused(.shuttingDown, ""), 69, "the server refused: shutting down"),
        Case(.refused(.answererFailed, "\u{1B}[2J"), 69, "the server refused: answerer failed: ^[[2J"),
        Case(
            .challenged, 77,
            "the server asks who you are: save the line that chat-client --new-identity NAME prints in a file "
                + "(chmod 600), give it to the server's operator, and use --identity FILE"),
        Case(.unusableInput("line 3 is too long"), 65, "line 3 is too long; not sent", usesStrategy: true),
        Case(.interrupted(Interruption(signal: SIGINT)), 130, nil, usesStrategy: true),
        Case(.interrupted(Interruption(signal: SIGTERM)), 143, nil, usesStrategy: true),
    ]

    @Test("gives an exit status and words, and says whether there is anything left to close", arguments: cases)
    func end(_ example: Case) {
        #expect(example.end.status.rawValue == example.status)
        #expect(example.end.problem == example.words)
        #expect(example.end.usesStrategy == example.usesStrategy)
    }
}
