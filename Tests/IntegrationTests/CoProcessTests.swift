import ChatProtocol
import Glibc
import Testing

@Suite("Answers from a co-process", .serialized, .timeLimit(.minutes(5)))
struct CoProcessTests {
    @Test("Each question is a line of its input, and each line of its output an answer")
    func lines() async throws {
        try await withServer(["--answer", "exec:sed -u 's/.*/<&>/'"]) { server in
            let client = try await runClient(server, input: "one\n\nGrüße\n")
            #expect(client.output == "<one>\n<>\n<Grüße>\n")
            #expect(client.status == 0)
        }
    }

    @Test("Each conversation has a process of its own, which keeps its state from question to question")
    func state() async throws {
        let counter = "exec:n=0; while read -r line; do n=$((n + 1)); echo \"$n $line\"; done"
        try await withServer(["--answer", counter]) { server in
            let first = try await Peer.connect(to: server.endpoint)
            let second = try await Peer.connect(to: server.endpoint)
            #expect(try await first.ask("a") == .message(.answer("1 a")))
            #expect(try await first.ask("b") == .message(.answer("2 b")))
            #expect(try await second.ask("c") == .message(.answer("1 c")))
            #expect(try await first.ask("d") == .message(.answer("3 d")))
        }
    }

    @Test("A question with line ends in it reaches the process as one line")
    func oneLine() async throws {
        try await withServer(["--answer", "exec:sed -u 's/.*/<&>/'"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one\ntwo\r\nthree") == .message(.answer("<one two  three>")))
            #expect(try await peer.ask("four") == .message(.answer("<four>")))
        }
    }

    @Test("Questions sent ahead are answered in order")
    func ahead() async throws {
        try await withServer(["--answer", "exec:sed -u 's/^/-/'"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send((1...50).flatMap { Frame.bytes(of: .question("\($0)")) })
            for number in 1...50 { #expect(try await peer.next() == .message(.answer("-\(number)"))) }
        }
    }

    @Test("A process that ends is error 9 for its own conversation, and for no other")
    func dies() async throws {
        let command = "exec:while read -r line; do [ \"$line\" = die ] && exit 3; echo \"$line\"; done"
        try await withServer(["--answer", command]) { server in
            let unlucky = try await Peer.connect(to: server.endpoint)
            let lucky = try await Peer.connect(to: server.endpoint)
            #expect(try await unlucky.ask("one") == .message(.answer("one")))
            #expect(try await lucky.ask("one") == .message(.answer("one")))
            #expect(
                try await unlucky.ask("die")
                    == .message(.error(.answererFailed, "the answering process has ended")))
            #expect(try await unlucky.next() == .endOfStream)
            #expect(try await lucky.ask("two") == .message(.answer("two")))
        }
    }

    @Test("A command that does not exist is error 9, and the server goes on")
    func missing() async throws {
        try await withServer(["--answer", "exec:exec /nonexistent/answerer"]) { server in
            for _ in 1...2 {
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask("one").errorCode == .answererFailed)
                #expect(try await peer.next() == .endOfStream)
            }
        }
    }

    @Test(
        "What is not UTF-8, or too long a line, is error 9",
        arguments: ["printf '\\377\\n'", "head -c 70000 /dev/zero | tr '\\0' x"])
    func unusable(_ command: String) async throws {
        try await withServer(["--answer", "exec:\(command); read -r never"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one").errorCode == .answererFailed)
        }
    }

    /// Says its process number as the first answer, and hangs on the second question, deaf to SIGTERM.
    private static let hanging =
        "exec:trap '' TERM HUP; read -r line; echo $$; read -r line; while :; do sleep 1000; done"

    @Test("A process that hangs keeps nobody else waiting, and goes with the server")
    func hangs() async throws {
        var processes: [pid_t] = []
        // That no child is left behind is checked twice: withServer waits until nobody holds its standard error.
        try await withServer(["--answer", Self.hanging, "--drain-timeout", "0.2"]) { server in
            let hanging = try await Peer.connect(to: server.endpoint)
            processes.append(try await process(hanging))
            try await hanging.send(.question("hang"))
            let other = try await Peer.connect(to: server.endpoint)
            processes.append(try await process(other))
        }
        #expect(processes.count == 2)
        for process in processes {
            #expect(kill(process, 0) == -1)
            #expect(errno == ESRCH)
        }
    }

    @Test("A process that hangs is ended when its client leaves")
    func clientLeaves() async throws {
        try await withServer(["--answer", Self.hanging]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            let process = try await process(peer)
            try peer.close()
            try await eventually("process \(process) is gone") { kill(process, 0) != 0 }
        }
    }

    @Test("A process that writes a line without end keeps nobody else waiting, and gets its client error 9")
    func endlessLine() async throws {
        let command =
            "exec:while read q; do if [ \"$q\" = flood ]; then tr '\\0' x </dev/zero; else echo \"<$q>\"; fi; done"
        try await withServer(["--answer", command, "--max-frame", "4194304"]) { server in
            let other = try await Peer.connect(to: server.endpoint)
            #expect(try await other.ask("one") == .message(.answer("<one>")))
            let flooded = try await Peer.connect(to: server.endpoint)
            try await flooded.send(.question("flood"))
            for number in 1...20 { #expect(try await other.ask("\(number)") == .message(.answer("<\(number)>"))) }
            #expect(
                try await flooded.next()
                    == .message(.error(.answererFailed, "the answering process wrote a line that is too long")))
            #expect(try await other.ask("two") == .message(.answer("<two>")))
        }
    }

    private func process(_ peer: Peer) async throws -> pid_t {
        guard case .message(.answer(let text)) = try await peer.ask("who?"), let process = pid_t(text) else {
            throw NothingCame()
        }
        return process
    }
}
