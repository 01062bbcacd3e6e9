import Foundation
import TCPSockets
import Testing

@Suite("The trace of a client", .serialized, .timeLimit(.minutes(5)))
struct TraceTests {
    /// A call, which is what every line of a client is.
    struct Call {
        let t: Double
        let call: SystemCall
        let arguments: [String: TraceLine.Value]
        let result: Int
        let errno: Errno?
        let state: TCPState?

        init(_ json: Substring) throws {
            let line = try JSONDecoder().decode(TraceLine.self, from: Data(json.utf8))
            guard case .call(let call, let result, let errno, let state) = line.subject else { throw NothingCame() }
            (t, arguments) = (line.time, line.arguments)
            (self.call, self.result, self.errno, self.state) = (call, result, errno, state)
        }
    }

    /// Runs a client with a trace against a server that closes last, and reads the trace.
    private func trace(_ flags: [String], serverCloses: String = "last") async throws -> [Call] {
        var lines: [Substring] = []
        try await withServer(["--answer", "echo", "--close", serverCloses]) { server in
            let client = try await runClient(server, ["--trace", "json"] + flags, input: "one\n")
            #expect(client.status == 0)
            #expect(client.output == "one\n")
            lines = client.errors.split(separator: "\n")
        }
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(Set((object ?? [:]).keys) == ["t", "call", "arguments", "result", "errno", "state"])
        }
        return try lines.map(Call.init)
    }

    @Test("json has a line for each call, with six keys, in the order of the article, and the time never goes back")
    func order() async throws {
        let events = try await trace([])
        let order = events.map(\.call).filter { [.socket, .connect, .send, .recv, .close].contains($0) }
        #expect(order.first == .socket)
        #expect(order.dropFirst().first == .connect)
        #expect(order.last == .close)
        let firstSend = try #require(order.firstIndex(of: .send))
        let firstReceive = try #require(order.firstIndex(of: .recv))
        #expect(firstSend < firstReceive)
        #expect(order.count { $0 == .send } == 2)
        #expect(events.map(\.t) == events.map(\.t).sorted())
    }

    @Test("The state after each call is that of the kernel")
    func states() async throws {
        let events = try await trace([])
        #expect(events.first { $0.call == .socket }?.state == .closed)
        #expect(events.first { $0.call == .send }?.state == .established)
        let connect = try #require(events.first { $0.call == .connect })
        #expect(connect.errno == .inProgress)
        #expect(connect.result == -1)
        let close = try #require(events.last)
        #expect(close.call == .close)
        #expect(close.result == 0)
        #expect(close.errno == nil)
    }

    @Test("An explicit port shows as bind() with its address")
    func bind() async throws {
        let port = try unusedPort()
        let events = try await trace(["--local-port", "\(port)"])
        #expect(events.first { $0.call == .bind }?.arguments["address"] == .text("0.0.0.0:\(port)"))
    }

    /// The calls that a way to close makes after `exit` is sent, and that tell it from the others.
    static let closing: [(CloseStrategy, [String])] = [
        (.active, ["close"]),
        (.delay, ["close"]),
        (.halfClose, ["shutdown SHUT_WR", "recv", "close"]),
        (.linger, ["setsockopt {1, 5}", "close"]),
        (.dontLinger, ["setsockopt {0, 0}", "close"]),
        (.reset, ["setsockopt {1, 0}", "close"]),
        (.unread, ["recv", "close"]),
        (.abandon, []),
        (.disconnect, ["connect AF_UNSPEC", "close"]),
    ]

    @Test("Every way to close has its calls here; passive, which needs another server, has a test of its own")
    func complete() {
        #expect(Set(Self.closing.map(\.0)) == Set(CloseStrategy.allCases).subtracting([.passive]))
    }

    @Test("Each way to close makes its own calls after exit", arguments: closing)
    func calls(strategy: CloseStrategy, expected: [String]) async throws {
        let events = try await trace(["--close", strategy.rawValue])
        #expect(callsAfterExit(events) == expected)
    }

    @Test("passive makes no other call than recv() before close()")
    func passive() async throws {
        let events = try await trace(["--close", "passive"], serverCloses: "first")
        #expect(callsAfterExit(events) == ["recv", "close"])
    }

    /// The calls behind the last send(), repetitions of recv() counted once.
    private func callsAfterExit(_ events: [Call]) -> [String] {
        let calls = events.suffix(from: (events.lastIndex { $0.call == .send } ?? 0) + 1)
            .filter { ![.getsockname, .getpeername, .getsockopt].contains($0.call) }
            .map { event in
                switch event.arguments["how"] ?? event.arguments["value"] ?? event.arguments["address"] {
                case .text(let text): "\(event.call.rawValue) \(text)"
                default: event.call.rawValue
                }
            }
        return calls.enumerated().filter { $0.offset == 0 || calls[$0.offset - 1] != $0.element }.map(\.element)
    }

    @Test("A refused connect() says so where the kernel does: in the value of SO_ERROR")
    func refused() async throws {
        let client = try await runClient("\(try unusedPort())", ["--trace", "json"])
        #expect(client.status == 69)
        let calls = try client.errors.split(separator: "\n").filter { $0.hasPrefix("{") }.map(Call.init)
        #expect(calls.first { $0.call == .connect }?.errno == .inProgress)
        let read = try #require(calls.first { $0.call == .getsockopt && $0.arguments["option"] == .text("SO_ERROR") })
        #expect(read.arguments["value"] == .text("ECONNREFUSED"))
        #expect(read.result == 0)
    }

    @Test("text has a line for each call, like strace, with the state in brackets")
    func text() async throws {
        try await withServer { server in
            let client = try await runClient(server, ["--trace", "text"], input: "one\n")
            let lines = client.errors.split(separator: "\n")
            #expect(lines.allSatisfy { $0.contains(/^\d+\.\d{6} \w+\(.*\) = -?\d+/) })
            #expect(lines.first?.contains(/^0\.000000 socket\(AF_INET\) = \d+  \[CLOSED\]$/) == true)
            #expect(lines.contains { $0.contains(/send\(\d+, 8\) = 8  \[ESTABLISHED\]$/) })
            #expect(lines.last?.contains(/[ ]close\(\d+\) = 0  \[[A-Z0-9-]+\]$/) == true)
            #expect(client.output == "one\n")
        }
    }
}
