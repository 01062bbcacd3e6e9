import ChatProtocol
import Foundation
import Glibc
import Testing

@Suite("Answers that are on their way", .serialized, .timeLimit(.minutes(5)))
struct PatienceTests {
    private static let question = Frame.bytes(of: .question(String(repeating: "x", count: 1000)))

    /// A client that has asked until the server read no more questions, and has read no answer.
    ///
    /// - Returns: The client, and how many questions it has sent whole.
    private func slowReader(_ server: Server) async throws -> (peer: Peer, questions: Int) {
        let peer = try await Peer.connect(to: server.endpoint, receiveBuffer: 4096)
        var sent = 0
        while try await peer.hasRoom(within: .milliseconds(100)) {
            let rest = Self.question.suffix(Self.question.count - sent % Self.question.count)
            sent += try peer.sendWithoutWaiting(Array(rest))
        }
        return (peer, sent / Self.question.count)
    }

    /// Reads to the end, and says how many answers came and which error.
    private func readAll(_ peer: Peer) async throws -> (answers: Int, error: ErrorCode?) {
        var (answers, error) = (0, ErrorCode?.none)
        while true {
            switch try await peer.next() {
            case .message(.answer): answers += 1
            case .message(.error(let code, _)): error = code
            case .endOfStream: return (answers, error)
            default: return (answers, nil)
            }
        }
    }

    /// Longer than the second that a client has after an error frame.
    private let pause = Duration.milliseconds(1500)

    @Test(
        "SIGTERM: a client that pauses for less than --drain-timeout gets all answers that were accepted, then the error"
    )
    func drain() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            let options = ["--answer", "echo", "--drain-timeout", "20", "--transcript", file]
            try await withServer(options, endedBy: nil) { server in
                let (peer, _) = try await slowReader(server)
                server.program.signal(SIGTERM)
                try await Task.sleep(for: pause)
                let (answers, error) = try await readAll(peer)
                #expect(error == .shuttingDown)
                let accepted = try String(contentsOfFile: file, encoding: .utf8).ranges(of: "\n").count
                #expect(answers == accepted)
                #expect(answers > 100)
                try peer.close()
            }
        }
    }

    @Test("A frame that is refused takes nothing from the answers to the questions before it")
    func badFrame() async throws {
        try await withServer { server in
            let peer = try await Peer.connect(to: server.endpoint, receiveBuffer: 4096)
            try await peer.send((1...200).flatMap { _ in Self.question } + [0, 0, 0, 0])
            try await Task.sleep(for: pause)
            // What it still sends is read and forgotten, and does not turn the end into a reset.
            _ = try peer.sendWithoutWaiting(Self.question)
            let (answers, error) = try await readAll(peer)
            #expect(answers == 200)
            #expect(error == .frameTooLarge)
        }
    }

    @Test("What is lost when the time is over is told")
    func told() async throws {
        let server = try await withServer(["--answer", "echo", "--drain-timeout", "0.3"]) { server in
            let (peer, _) = try await slowReader(server)
            server.program.signal(SIGTERM)
            try await server.log.contains("bytes of answers were lost: they could not be sent in time\n")
            try peer.close()
        }
        #expect(server.errors.contains(/client=127\.0\.0\.1:\d+ \[ChatServer\] \d+ bytes of answers were lost/))
    }

    @Test("--linger: a client that does not read keeps only its own place, and the close ends with the time")
    func linger() async throws {
        try await withServer(["--answer", "echo", "--linger", "2"]) { server in
            let peer = try await Peer.connect(to: server.endpoint, receiveBuffer: 2048)
            try await peer.send((1...60).flatMap { _ in Self.question } + Frame.bytes(of: .exit))
            let start = ContinuousClock.now
            let other = try await Peer.connect(to: server.endpoint)
            for number in 1...50 { #expect(try await other.ask("\(number)") == .message(.answer("\(number)"))) }
            #expect(ContinuousClock.now - start < .seconds(1))
            try await server.log.contains("client=\(peer.local) ending=exit")
            #expect(ContinuousClock.now - start > .milliseconds(1500))
            // As with SO_LINGER, the kernel goes on behind it.
            #expect(try await readAll(peer).answers == 60)
        }
    }

    @Test("--linger: the close is over as soon as everything is acknowledged")
    func lingerInVain() async throws {
        try await withServer(["--answer", "echo", "--linger", "60"]) { server in
            let client = try await runClient(server, input: "one\n")
            #expect(client.output == "one\n")
            try await server.log.contains("ending=exit", within: .seconds(10))
        }
    }
}
