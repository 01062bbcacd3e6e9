import ChatProtocol
import Testing

@Suite("Encoding", .timeLimit(.minutes(5)))
struct FrameTests {
    static let messages: [Message] = [
        .question(""), .question("Which state?"), .question("e\u{301} é"), .question("exit"), .exit,
        .answer(""), .answer("\u{1F44D}\u{1F3FD}\0\n"), .error(.busy, ""), .error(ErrorCode(rawValue: 0xFFFF), "é"),
        .padding(0), .padding(70_000),
    ]

    static let identity: [Message] = [
        Challenge(UInt8(0)..<32).map { .challenge($0) }, Proof(name: "alice", code: UInt8(0)..<32).map { .proof($0) },
        Proof(name: String(repeating: "é", count: 32), code: UInt8(0)..<32).map { .proof($0) },
    ].compactMap(\.self)

    @Test("A message that is encoded and decoded is the same message", arguments: messages + identity)
    func roundTrip(_ message: Message) {
        let bytes = Frame.bytes(of: message)
        let decoder = FrameDecoder(from: message.sender, limit: 100_000)
        #expect(Outcome(of: bytes, by: decoder) == Outcome([message]))
    }

    @Test("Messages that are appended follow one another")
    func append() {
        var bytes: [UInt8] = []
        Frame.append(.question("a"), to: &bytes)
        Frame.append(.exit, to: &bytes)
        #expect(bytes == [0, 0, 0, 2, 1, 0x61, 0, 0, 0, 1, 3])
    }

    @Test("The length of a text counts its bytes and the kind, not its characters")
    func lengthOfText() {
        #expect(Frame.length(ofText: "") == 1)
        #expect(Frame.length(ofText: "\u{1F600}é") == 7)
    }

    @Test(
        "Each kind belongs to one side",
        arguments: zip(Kind.allCases, [Role.client, .server, .client, .server, .server, .server, .client]))
    func sender(_ kind: Kind, _ side: Role) {
        #expect(kind.sender == side)
    }
}

extension Message {
    fileprivate var sender: Role {
        switch self {
        case .question, .exit, .proof: .client
        case .answer, .error, .padding, .challenge: .server
        }
    }
}
