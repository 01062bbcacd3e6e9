import ChatProtocol
import Testing

@Suite("A typed line", .timeLimit(.minutes(5)))
struct TypedLineTests {
    @Test(
        "is exit, with or without blanks around it", arguments: ["exit", " exit", "exit\t", "\t exit \r", "\u{A0}exit"])
    func exit(_ line: String) {
        #expect(Message(typed: line) == .exit)
    }

    @Test(
        "is a question otherwise, with its blanks kept",
        arguments: ["", " ", "Exit", "exit.", " exit now ", "e xit", "  two  "])
    func question(_ line: String) {
        #expect(Message(typed: line).spelled == Message.question(line).spelled)
    }
}
