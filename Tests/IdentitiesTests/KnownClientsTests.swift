import ChatProtocol
import Testing

@testable import Identities

@Suite("Whom a server knows", .timeLimit(.minutes(5)))
struct KnownClientsTests {
    private let alice: Identity
    private let bob: Identity
    private let known: KnownClients

    init() throws {
        alice = try #require(Identity(newNamed: "alice"))
        bob = try #require(Identity(newNamed: "bob"))
        known = KnownClients([alice, bob])
    }

    @Test("proves it to one challenge, and to no other")
    func proof() throws {
        let challenge = Challenge.random()
        let proof = alice.proof(to: challenge)
        #expect(known.accepts(proof, to: challenge))
        #expect(!known.accepts(proof, to: .random()))
    }

    @Test("is believed under its own name alone, with its own key, and with every bit of the code")
    func guesses() throws {
        let challenge = Challenge.random()
        let code = alice.proof(to: challenge).code
        #expect(!known.accepts(try #require(Proof(name: "bob", code: code)), to: challenge))
        #expect(!known.accepts(try #require(Proof(name: "carol", code: code)), to: challenge))
        let impostor = try #require(Identity(newNamed: "alice"))
        #expect(!known.accepts(impostor.proof(to: challenge), to: challenge))
        for bit in 0..<256 {
            var wrong = code
            wrong[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!known.accepts(try #require(Proof(name: "alice", code: wrong)), to: challenge))
        }
    }

    @Test("tells names apart byte by byte")
    func normalization() throws {
        let composed = try #require(Identity(newNamed: "\u{E9}"))
        let decomposed = try #require(Identity(newNamed: "e\u{301}"))
        let known = KnownClients([composed])
        let challenge = Challenge.random()
        #expect(known.accepts(composed.proof(to: challenge), to: challenge))
        #expect(!known.accepts(decomposed.proof(to: challenge), to: challenge))
    }

    @Test("is known no more once others are known in its place")
    func replace() {
        let challenge = Challenge.random()
        known.replace(by: [bob])
        #expect(!known.accepts(alice.proof(to: challenge), to: challenge))
        #expect(known.accepts(bob.proof(to: challenge), to: challenge))
    }

    @Test("takes about as long to disbelieve under an unknown name as under a known one")
    func timing() throws {
        let code = [UInt8](repeating: 7, count: Proof.codeSize)
        let (unknown, wrong) = (
            try #require(Proof(name: "carol", code: code)), try #require(Proof(name: "alice", code: code))
        )
        let clock = ContinuousClock()
        var times: [[Duration]] = [[], []]
        for _ in 0..<2000 {
            let challenge = Challenge.random()
            for (index, proof) in [unknown, wrong].enumerated() {
                times[index].append(clock.measure { #expect(!known.accepts(proof, to: challenge)) })
            }
        }
        let medians = times.map { $0.sorted()[1000] }
        // Without the work for an unknown name one would be several times the other.
        #expect(medians[0] < medians[1] * 2 && medians[1] < medians[0] * 2, "\(medians)")
    }

    @Test("leaves nothing of a key in a text, nor in a mirror")
    func secret() {
        let key = alice.line.split(separator: " ")[1]
        var dumped = ""
        dump(alice, to: &dumped)
        for text in ["\(alice)", String(reflecting: alice), "\(alice.key)", String(reflecting: alice.key), dumped] {
            #expect(!text.contains(key))
            #expect(text.contains("a key"))
        }
    }
}
