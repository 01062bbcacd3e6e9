import ChatProtocol
import Foundation
import Glibc
import Logging
import TCPSockets
import Testing

@testable import ChatServer

@Suite("A recorder", .timeLimit(.minutes(5)))
struct RecorderTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "recorder-\(UUID())").path
    private let lines = CollectedLines()
    private let client = Endpoint(.loopbackV4, port: 1)

    private func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// A connection whose socket is closed at once: a recorder looks at none.
    private func connection() throws -> ClientConnection {
        let connection = ClientConnection(
            socket: try TCPSocket(.v4), token: 1 << 32, client: client, isServed: true,
            conversation: Conversation(closeOrder: .first), decoder: FrameDecoder(from: .client), now: .now)
        if let socket = connection.takeSocket() { try socket.close() }
        return connection
    }

    @Test("has nothing to do where there is no transcript")
    func none() throws {
        var recorder = Recorder(nil, logger: lines.logger)
        try recorder.add(client: client.description, question: "q", answer: "a")
        #expect(try !recorder.hasWork(for: connection()))
    }

    @Test("lets answers go once their entries are in the file")
    func recorded() throws {
        defer { remove() }
        let connection = try connection()
        var recorder = Recorder(try Transcript(path: path), logger: lines.logger)
        var outgoing = SendBuffer(keptCapacity: 10_000)
        for number in 1...2 {
            try recorder.add(client: client.description, question: "q\(number)", answer: "a\(number)")
            outgoing.append(.answer("a\(number)"))
        }
        #expect(recorder.hasWork(for: connection))
        guard case .recorded = recorder.record(connection, &outgoing) else {
            Issue.record("not recorded")
            return
        }
        let bytes = Array(outgoing.bytes)
        #expect(bytes == Frame.bytes(of: .answer("a1")) + Frame.bytes(of: .answer("a2")))
        #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 2)
        #expect(!recorder.hasWork(for: connection))
    }

    @Test("keeps answers back while a pipe is full, in order, and tells of the first that waits")
    func withheld() throws {
        defer { remove() }
        try #require(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let (first, second) = (try connection(), try connection())
        var recorder = Recorder(try Transcript(path: path), logger: lines.logger)
        var outgoing = SendBuffer(keptCapacity: 10_000)
        let question = String(repeating: "q", count: 200_000)
        for (connection, isFirst) in [(first, true), (second, false)] {
            try recorder.add(client: client.description, question: question, answer: "a")
            outgoing.append(.answer("a"))
            guard case .withheld(isFirst) = recorder.record(connection, &outgoing) else {
                Issue.record("the pipe was not full")
                return
            }
            let isEmpty = outgoing.isEmpty
            #expect(isEmpty)
            #expect(connection.withheld?.answers == Frame.bytes(of: .answer("a")))
        }
        let waiting = recorder.takeWaiting()
        #expect(waiting.map { $0 === first } == [true, false])

        var isRecorded = false
        var chunk = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<100 where !isRecorded {
            _ = read(reader, &chunk, chunk.count)
            if case .recorded = recorder.record(first, &outgoing) { isRecorded = true }
        }
        #expect(isRecorded)
        let bytes = Array(outgoing.bytes)
        #expect(bytes == Frame.bytes(of: .answer("a")))
        #expect(first.withheld == nil)
        let wait = recorder.putBack(waiting[1...])
        #expect(wait)
        #expect(recorder.takeWaiting().count == 1)
        let noneWaits = !recorder.putBack([])
        #expect(noneWaits)
    }

    @Test("lets no answer go whose entry could not be written, and says why")
    func failed() throws {
        defer { remove() }
        try #require(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        let connection = try connection()
        var recorder = Recorder(try Transcript(path: path), logger: lines.logger)
        close(reader)
        signal(SIGPIPE, SIG_IGN)
        var outgoing = SendBuffer(keptCapacity: 10_000)
        try recorder.add(client: client.description, question: "q", answer: "a")
        outgoing.append(.answer("a"))
        guard case .failed = recorder.record(connection, &outgoing) else {
            Issue.record("written to a pipe that nobody reads")
            return
        }
        let isEmpty = outgoing.isEmpty
        #expect(isEmpty)
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.hasPrefix("transcript: write: EPIPE") == true)
    }
}
