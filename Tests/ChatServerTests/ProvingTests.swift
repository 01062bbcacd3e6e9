import ChatProtocol
import TCPSockets
import Testing

@testable import ChatServer

@Suite("A conversation that begins with a challenge", .timeLimit(.minutes(5)))
struct ProvingTests {
    @Test("takes a proof, and then questions")
    func good() {
        var conversation = Conversation(closeOrder: .first, challenges: true)
        #expect(conversation.phase == .proving)
        #expect(conversation.takesMessages && conversation.reads)
        #expect(conversation.received(.proof) == .verify)
        conversation.proved()
        #expect(conversation.received(.question) == .ask)
    }

    @Test("takes one proof and not two")
    func twice() {
        var conversation = Conversation(closeOrder: .first, challenges: true)
        _ = conversation.received(.proof)
        conversation.proved()
        #expect(conversation.received(.proof) == .refuse(.outOfPlace, "a frame of kind proof that nothing asked for"))
    }

    @Test("refuses a question in place of the proof, so that none is asked by who is unknown")
    func question() {
        let action = state(.proving) { $0.received(.question) }
        #expect(action == .refuse(.notAllowed, "this server asks who you are: send a proof before the first question"))
    }

    @Test("ends by exit, too")
    func exit() {
        #expect(state(.proving) { $0.received(.exit) } == .close(.peer(.exit)))
    }

    @Test("reads nothing more of who is disbelieved, and tells them when it is time")
    func disbelieved() {
        var conversation = conversation(in: .disbelieved)
        #expect(!conversation.reads && !conversation.takesMessages)
        #expect(conversation.idle() == .nothing)
        #expect(conversation.tellDisbelief() == .refuse(.notAllowed, "unknown name or wrong key"))
        #expect(conversation.tellDisbelief() == .nothing)
    }

    @Test("waits for the proof no longer than its time, and not at all at the server's end")
    func late() {
        #expect(state(.proving) { $0.idle() } == .refuse(.idleTooLong, "no proof came in time"))
        #expect(state(.proving) { $0.drain() } == .refuse(.shuttingDown, "no more questions are accepted"))
        #expect(state(.disbelieved) { $0.drain() } == .refuse(.shuttingDown, "no more questions are accepted"))
    }

    @Test("gives ten seconds for the proof, also where clients may be silent for ever")
    func sweep() {
        var configuration = ServerConfiguration(endpoint: Endpoint(.loopbackV4, port: 0), maximumFrame: 100)
        configuration.answering = .echo
        configuration.identities = "a file"
        var sweep = IdleSweep(configuration)
        let start = Moment.now
        #expect(sweep.schedule(now: start) != nil)
        #expect(!sweep.isOverdue(.proof(since: start), now: start + .milliseconds(9_999)))
        #expect(sweep.isOverdue(.proof(since: start), now: start + .seconds(10)))
    }
}

@Suite("Wrong proofs", .timeLimit(.minutes(5)))
struct FailedProofsTests {
    private func client(_ text: String) throws -> Endpoint { Endpoint(try #require(IPAddress(text)), port: 1) }

    @Test("are answered at once at first, then later and later, up to four seconds")
    func slower() throws {
        let failed = FailedProofs()
        let guesser = try client("192.0.2.1")
        let now = Moment.now
        let delays = (0..<12).map { _ in failed.count(guesser, now: now) }
        #expect(
            delays
                == [.zero, .zero, .zero]
                + [100, 200, 400, 800, 1600, 3200, 4000, 4000, 4000].map { .milliseconds($0) })
        #expect(failed.count(try client("192.0.2.2"), now: now) == .zero)
    }

    @Test("are forgotten after a minute without any")
    func forgotten() throws {
        let failed = FailedProofs()
        let guesser = try client("192.0.2.1")
        let now = Moment.now
        for _ in 0..<10 { _ = failed.count(guesser, now: now) }
        #expect(failed.count(guesser, now: now + .seconds(59)) == .seconds(4))
        #expect(failed.count(guesser, now: now + .seconds(119)) == .zero)
    }

    @Test("of 25,000 addresses take no more memory than of 10,000")
    func bounded() throws {
        let failed = FailedProofs()
        let now = Moment.now
        for number in 0..<25_000 {
            _ = failed.count(Endpoint(IPAddress(family: .v4, bits: UInt128(number)), port: 1), now: now)
        }
        #expect(failed.addresses <= FailedProofs.mostAddresses)
    }
}
