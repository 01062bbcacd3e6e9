import ChatProtocol
import Testing

@Suite("Challenge and proof", .timeLimit(.minutes(5)))
struct ProofTests {
    @Test("A challenge has 32 bytes", arguments: [0, 31, 32, 33])
    func challenge(_ count: Int) {
        #expect((Challenge([UInt8](repeating: 7, count: count)) != nil) == (count == 32))
    }

    @Test("A name has 1 to 64 bytes, which are fewer characters where these are not ASCII")
    func name() {
        let code = [UInt8](repeating: 7, count: 32)
        for (name, isOne) in [("", false), ("a", true), (String(repeating: "a", count: 64), true)] {
            #expect((Proof(name: name, code: code) != nil) == isOne)
        }
        #expect(Proof(name: String(repeating: "a", count: 65), code: code) == nil)
        #expect(Proof(name: String(repeating: "é", count: 32), code: code) != nil)
        #expect(Proof(name: String(repeating: "é", count: 33), code: code) == nil)
        #expect(Proof(name: "a", code: code.dropLast()) == nil)
    }

    @Test("The code is made of the purpose, a NUL, the challenge and the name, in this order")
    func statement() throws {
        let challenge = try #require(Challenge(repeatElement(0xFF, count: 32)))
        let expected = Array("chat identity 1".utf8) + [0] + challenge.bytes + [0xC3, 0xA9]
        #expect(Proof.statement(of: "é", to: challenge) == expected)
    }

    @Test("The vectors' proofs are frames of those names", arguments: try Vectors.load().proofs)
    func vectors(_ vector: ProofVector) throws {
        let bytes = try unhex(vector.hex)
        var decoder = FrameDecoder(from: .client)
        decoder.append(bytes)
        let message = try #require(try decoder.next())
        guard case .proof(let proof) = message else {
            Issue.record("no proof")
            return
        }
        #expect(Array(proof.name.utf8) == Array(vector.identity.utf8))
        #expect(Frame.bytes(of: message) == bytes)
    }
}
