import ChatProtocol
import Glibc
import TCPSockets
import Testing

@Suite("chat-load", .serialized, .timeLimit(.minutes(5)))
struct LoadTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let mode: String
        let strategy: CloseStrategy
        var testDescription: String { "\(mode), \(strategy.rawValue)" }
    }

    static let cases = ["persistent", "churn"].flatMap { mode in
        CloseStrategy.allCases.map { Case(mode: mode, strategy: $0) }
    }

    @Test("Every way to close, in both modes: no errors, and as many conversations as the server saw", arguments: cases)
    func strategies(_ subject: Case) async throws {
        // The server closes when it reads exit, so that nobody waits for it in vain.
        var operations = 0
        let server = try await withServer(["--answer", "echo", "--close", "first"]) { server in
            let flags = ["--mode", subject.mode, "--close", subject.strategy.rawValue]
            let (load, finished) = try await runLoad(
                server.port, flags + ["--connections", "4", "--seconds", "1", "--close-delay", "10"])
            #expect(finished.status == 0)
            #expect(finished.errors == "")
            #expect(load.errors == [:])
            #expect(load.unlikeQuestion == 0)
            #expect(load.operations > 0)
            #expect(load.signal == nil)
            let latency = try #require(load.latencyMicroseconds)
            #expect(latency.p50 <= latency.p90 && latency.p90 <= latency.p99 && latency.p99 <= latency.p999)
            #expect(latency.p999 <= latency.highest && latency.p50 > 0)
            operations = load.operations
        }
        // The log has a line for each, or says how many it left out. In churn those in flight when the time was over come on
        // top, at most one a connection; and the line that says that the server ends may be among those left out.
        let leftOut = server.errors.matches(of: /(\d+) log lines? (was|were) left out/).compactMap { Int($0.1) }
        let count = server.errors.ranges(of: "conversation over").count + leftOut.reduce(0, +)
        #expect(subject.mode == "persistent" ? count == 4 : (operations...operations + 5).contains(count), "\(count)")
    }

    @Test("A large question comes back whole")
    func largePayload() async throws {
        try await withServer(["--answer", "echo", "--max-frame", "1000001"]) { server in
            for mode in ["persistent", "churn"] {
                let flags = ["--mode", mode, "--connections", "2", "--seconds", "1", "--payload", "1000000"]
                let (load, finished) = try await runLoad(server.port, flags)
                #expect(finished.status == 0)
                #expect(load.operations > 0)
                #expect(load.errors == [:])
                #expect(load.unlikeQuestion == 0)
            }
        }
    }

    @Test("Padding behind the answers is skipped, and unread leaves some of it", arguments: ["active", "unread"])
    func padding(_ strategy: String) async throws {
        try await withServer(["--answer", "echo", "--padding", "1000"]) { server in
            for mode in ["persistent", "churn"] {
                let (load, finished) = try await runLoad(
                    server.port, ["--mode", mode, "--close", strategy, "--connections", "2", "--seconds", "0.2"])
                #expect(finished.status == 0)
                #expect(load.errors == [:])
            }
        }
    }

    @Test("Nobody there: refused, exit code 69", arguments: ["persistent", "churn"])
    func refused(_ mode: String) async throws {
        let port = try unusedPort()
        let (load, finished) = try await runLoad(
            "\(port)", ["--mode", mode, "--connections", "3", "--seconds", "0.2"])
        #expect(finished.status == 69)
        #expect(load.operations == 0)
        #expect(load.latencyMicroseconds == nil)
        #expect(load.errors.keys.elementsEqual(["ECONNREFUSED"]))
        #expect(load.firstError == "connect 127.0.0.1:\(port): ECONNREFUSED (Connection refused)")
    }

    @Test(
        "A server that dies meanwhile: what was answered is reported, and how the rest failed",
        arguments: ["persistent", "churn"])
    func serverDies(_ mode: String) async throws {
        let arguments = ["--answer", "echo", "--trace", "json"]
        try await withServer(arguments, endedBy: nil, status: 128 + SIGKILL) { server in
            let flags = ["--mode", mode, "--connections", "4", "--seconds", mode == "churn" ? "5" : "60"]
            let finished = try await withProgram(loadCommand(server.port, flags)) { _ in
                try await server.log.contains(#""call":"send""#, times: 20)
                server.program.signal(SIGSTOP)
                try await eventually("its stop") { try ProcessState(process: server.process).isStopped }
                // A server that ends with questions unread resets their connections. One that it has read, and not yet
                // answered, is none: it goes on for a moment then.
                var rounds = 0
                while await !haveQuestions(server), rounds < 20 {
                    rounds += 1
                    let before = try ProcessState(process: server.process).turns
                    server.program.signal(SIGCONT)
                    try await eventually("its turn") { try ProcessState(process: server.process).turns > before }
                    server.program.signal(SIGSTOP)
                    try await eventually("its stop") { try ProcessState(process: server.process).isStopped }
                }
                #expect(rounds < 20)
                server.program.signal(SIGKILL)
            }
            let load = try Load(finished)
            #expect(load.operations > 0)
            #expect(finished.status == 74)
            if mode == "persistent" {
                #expect(load.errors == ["ECONNRESET": 4])
                #expect(load.seconds < 50, "it ends when no connection is left")
            } else {
                #expect(Set(load.errors.keys) == ["ECONNRESET", "ECONNREFUSED"])
            }
        }
    }

    private func haveQuestions(_ server: Server) async -> Bool {
        // An answered client asks again at once; on a busy machine that takes its time.
        (try? await eventually("questions", within: .seconds(1)) { try unansweredQuestions(of: server) == 4 }) != nil
    }

    private func unansweredQuestions(of server: Server) throws -> Int {
        try SocketTable().entries().count {
            $0.local == server.endpoint && $0.state == .established && $0.unreadBytes > 0
        }
    }

    @Test("What the server refuses goes by the name of its error", arguments: ["persistent", "churn"])
    func busy(_ mode: String) async throws {
        try await withServer(["--answer", "echo", "--max-clients", "1"]) { server in
            let (load, finished) = try await runLoad(
                server.port, ["--mode", mode, "--connections", "3", "--seconds", "1"])
            #expect(finished.status == 69)
            #expect(load.errors["refused: busy", default: 0] > 0)
            #expect(load.operations > 0)
        }
    }

    @Test("A signal ends it with the results so far", arguments: zip([SIGINT, SIGTERM], [CInt(130), 143]))
    func interrupted(_ signal: CInt, _ status: CInt) async throws {
        try await withServer { server in
            let finished = try await withProgram(loadCommand(server.port, ["--mode", "churn", "--seconds", "60"])) {
                try await server.log.contains("ending=", times: 20)
                $0.signal(signal)
            }
            let load = try Load(finished)
            #expect(finished.status == status)
            #expect(load.signal == Int(signal))
            #expect(load.operations > 0)
            #expect(load.seconds < 50)
            #expect(load.errors == [:])
        }
    }

    @Test("delay does not keep the other connections waiting")
    func delayIsNoBlock() async throws {
        try await withServer(["--answer", "echo"]) { server in
            let flags = ["--mode", "churn", "--close", "delay", "--close-delay", "200", "--connections", "50"]
            let (load, _) = try await runLoad(server.port, flags + ["--seconds", "1"])
            // One after the other there would be 5.
            #expect(load.operations >= 50)
            #expect(load.errors == [:])
        }
    }

    @Test("Against a server that never closes, passive says so after its time")
    func passiveInVain() async throws {
        try await withServer(["--answer", "echo", "--close", "never"]) { server in
            let flags = ["--mode", "churn", "--close", "passive", "--close-timeout", "0.1", "--connections", "2"]
            let (load, finished) = try await runLoad(server.port, flags + ["--seconds", "1"])
            #expect(finished.status == 74)
            #expect(load.errors["server did not close", default: 0] >= 2)
        }
    }

    @Test("A table for people")
    func table() async throws {
        try await withServer { server in
            let command = [product("chat-load"), "--port", server.port, "--seconds", "0.2", "--connections", "2"]
            let finished = try await withProgram(command, input: "")
            #expect(finished.lines.count == 4)
            #expect(finished.lines[0].hasPrefix("persistent, 2 connections, 32-byte questions, 0."))
            #expect(finished.lines[1].hasPrefix("answers: "))
            #expect(finished.lines[2].hasPrefix("latency in µs: p50 "))
            #expect(finished.lines[3] == "errors: none")
            #expect(finished.errors == "")
        }
    }

    @Test("The table says that a signal ended the run")
    func interruptedTable() async throws {
        try await withServer { server in
            let command = [product("chat-load"), "--port", server.port, "--seconds", "60", "--mode", "churn"]
            let finished = try await withProgram(command) {
                try await server.log.contains("ending=", times: 20)
                $0.signal(SIGINT)
            }
            #expect(finished.status == 130)
            #expect(finished.lines.contains("ended early by SIGINT, of 60.0 s"))
        }
    }

    @Test("Without room for the results it says so: 74", arguments: ["table", "json"])
    func full(_ format: String) async throws {
        try await withServer { server in
            let script = "exec \"$1\" --port $2 --seconds 0.1 --connections 1 --format \(format) > /dev/full"
            let finished = try await withProgram(
                ["sh", "-c", script, "sh", product("chat-load"), server.port], input: "")
            #expect(finished.status == 74)
            #expect(finished.errors == "chat-load: standard output: ENOSPC (No space left on device)\n")
        }
    }

    @Test("A reader that had enough is no error")
    func head() async throws {
        try await withServer { server in
            let script = "\"$1\" --port $2 --seconds 0.1 --connections 1 | true; echo ${PIPESTATUS[0]}"
            let finished = try await withProgram(
                ["bash", "-c", script, "bash", product("chat-load"), server.port], input: "")
            #expect(finished.output == "0\n")
            #expect(finished.errors == "")
        }
    }
}
