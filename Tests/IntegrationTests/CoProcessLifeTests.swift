import ChatProtocol
import Foundation
import Glibc
import Testing

@Suite("How co-processes begin and end", .serialized, .timeLimit(.minutes(5)))
struct CoProcessLifeTests {
    /// Processes whose command line holds a mark.
    private func processes(_ mark: String) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
            // They may be gone by now.
            guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.contains(mark) && !words.contains { $0.hasSuffix("chat-server") || $0 == "setpriv" }
        }
    }

    /// A number of seconds that no other process sleeps for.
    private func mark() -> String { "\(Int.random(in: 100_000_000..<999_999_999))" }

    @Test(
        "A server that is killed leaves none behind, whatever they ignore and whatever they have started",
        arguments: [
            "exec sleep MARK", "sleep MARK; true", "trap '' TERM HUP INT; sleep MARK & sleep MARK; sleep MARK",
            "sleep MARK | sleep MARK",
        ])
    func killed(command: String) async throws {
        let mark = mark()
        let answer = "exec:" + command.replacingOccurrences(of: "MARK", with: mark)
        try await withServer(["--answer", answer], endedBy: nil, status: 128 + SIGKILL) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("one"))
            try await eventually("it runs") { try !processes(mark).isEmpty }
            server.program.signal(SIGKILL)
            try await eventually("none is left") { try processes(mark).isEmpty }
        }
    }

    @Test("A client that asks and closes does not keep its process, nor its place", arguments: ["close", "reset"])
    func asksAndLeaves(way: String) async throws {
        let mark = mark()
        try await withServer(["--answer", "exec:exec sleep \(mark)", "--max-clients", "1"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("one"))
            try await eventually("it runs") { try !processes(mark).isEmpty }
            if way == "close" { try peer.close() } else { try peer.reset() }
            try await eventually("it is gone") { try processes(mark).isEmpty }
            try await eventually("no child is left, not even a dead one") { try children(of: server).isEmpty }
            let next = try await Peer.connect(to: server.endpoint)
            try await next.send(.question("two"))
            try await eventually("the next one has the place") { try !processes(mark).isEmpty }
        }
    }

    private func children(of server: Server) throws -> String {
        try String(contentsOfFile: "/proc/\(server.process)/task/\(server.process)/children", encoding: .utf8)
    }

    @Test("A client that has sent FIN and waits gets its answer, with padding before it that asks whether it is there")
    func halfClosed() async throws {
        try await withServer(["--answer", "exec:while read q; do sleep 1.5; echo $q; done"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("one"))
            try peer.shutdownSending()
            #expect(try await peer.next() == .message(.padding(0)))
            #expect(try await peer.next() == .message(.answer("one")))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test(
        "A process that has answered its last question is error 9 for the next, and no matter to a client that leaves")
    func endsAfterAnswer() async throws {
        try await withServer(["--answer", "exec:head -n 1"]) { server in
            let client = try await runClient(server, input: "one\n")
            #expect(client.output == "one\n")
            #expect(client.status == 0)
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            try await eventually("it is reaped") { try children(of: server).isEmpty }
            let ended = Message.error(.answererFailed, "the answering process has ended")
            #expect(try await peer.ask("two") == .message(ended))
        }
    }

    @Test(
        "All of a process group has half a second to tidy up, also what a shell has started",
        arguments: ["exec CLEANER", "true && CLEANER", "CLEANER | cat"])
    func tidiesUp(command: String) async throws {
        try await withTemporaryFolder { folder in
            // Whoever is killed at once, or when the server next looks, has no time for it; what takes longer is left out, for a
            // busy machine may need the rest of the half second. The trap ends wait at once.
            let trap = "trap \"sleep 0.1; echo >\(folder)/tidy; exit\" TERM"
            let cleaner = "sh -c '\(trap); read q; echo $q; sleep 1000 & wait'"
            let answer = "exec:" + command.replacingOccurrences(of: "CLEANER", with: cleaner)
            try await withServer(["--answer", answer]) { server in
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask("one") == .message(.answer("one")))
                try peer.close()
                try await eventually("it has tidied up") { FileManager.default.fileExists(atPath: "\(folder)/tidy") }
            }
        }
    }

    /// Runs a server that may have so many processes and threads, as a user that has no others.
    private func limited(to processes: Int) -> [String] {
        ["setpriv", "--reuid", "\(Int.random(in: 100_000...199_999))", "--clear-groups"]
            + ["prlimit", "--nproc=\(processes)"]
    }

    @Test("Where no process is to be had, the question gets error 9 and the log a line, and all others go on")
    func noProcess() async throws {
        try await withServer(["--answer", "exec:exec cat"], wrapper: limited(to: 1)) { server in
            let asker = try await Peer.connect(to: server.endpoint)
            let reason = "the answering process did not start"
            #expect(try await asker.ask("one") == .message(.error(.answererFailed, reason)))
            let other = try await Peer.connect(to: server.endpoint)
            try await other.send([0, 0, 0, 0])
            #expect(try await other.next().errorCode == .frameTooLarge)
            try await server.log.contains("co-process: fork: EAGAIN")
        }
    }

    @Test("At the limit of processes each question is answered or gets error 9, and none is met with silence")
    func processLimit() async throws {
        try await withServer(["--answer", "exec:exec cat"], wrapper: limited(to: 8)) { server in
            var (answers, errors) = (0, 0)
            var peers: [Peer] = []
            for _ in 1...20 {
                let peer = try await Peer.connect(to: server.endpoint)
                let event = try await peer.ask("one")
                if event == .message(.answer("one")) {
                    answers += 1
                } else if event.errorCode == .answererFailed {
                    errors += 1
                }
                peers.append(peer)
            }
            // The server, the guardian, and six of them.
            #expect((answers, errors) == (6, 14))
        }
    }
}
