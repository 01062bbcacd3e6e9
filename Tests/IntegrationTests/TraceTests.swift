import Foundation
import TCPSockets
import Testing

@Suite("The trace of a client", .serialized, .timeLimit(.minutes(5)))
struct TraceTests {
    /// One line of `--trace json`.
    struct Event: Decodable {
        let t: Double
        let call: String
        let arguments: [String: Value]
        let result: Int
        let errno: String?
        let state: String?
    }

    enum Value: Decodable, Equatable {
        case number(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    /// Runs a client with a trace against a server that closes last, and reads the trace.
    private func trace(_ flags: [String], serverCloses: String = "last") async throws -> [Event] {
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
        return try lines.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    }

    @Test("json has a line for each call, with six keys, in the order of the article, and the time never goes back")
    func order() async throws {
        let events = try await trace([])
        let order = events.map(\.call).filter { ["socket", "connect", "send", "recv", "close"].contains($0) }
        #expect(order.first == "socket")
        #expect(order.dropFirst().first == "connect")
        #expect(order.last == "close")
        let firstSend = try #require(order.firstIndex(of: "send"))
        let firstReceive = try #require(order.firstIndex(of: "recv"))
        #expect(firstSend < firstReceive)
        #expect(order.count { $0 == "send" } == 2)
        #expect(events.map(\.t) == events.map(\.t).sorted())
    }

    @Test("The state after each call is that of the kernel")
    func states() async throws {
        let events = try await trace([])
        #expect(events.first { $0.call == "socket" }?.state == "CLOSED")
        #expect(events.first { $0.call == "send" }?.state == "ESTABLISHED")
        let connect = try #require(events.first { $0.call == "connect" })
        #expect(connect.errno == "EINPROGRESS")
        #expect(connect.result == -1)
        let close = try #require(events.last)
        #expect(close.call == "close")
        #expect(close.result == 0)
        #expect(close.errno == nil)
    }

    @Test("An explicit port shows as bind() with its address")
    func bind() async throws {
        let port = try unusedPort()
        let events = try await trace(["--local-port", "\(port)"])
        #expect(events.first { $0.call == "bind" }?.arguments["address"] == .text("0.0.0.0:\(port)"))
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
    private func callsAfterExit(_ events: [Event]) -> [String] {
        let calls = events.suffix(from: (events.lastIndex { $0.call == "send" } ?? 0) + 1)
            .filter { !$0.call.hasPrefix("get") }
            .map { event in
                switch event.arguments["how"] ?? event.arguments["value"] ?? event.arguments["address"] {
                case .text(let text): "\(event.call) \(text)"
                default: event.call
                }
            }
        return calls.enumerated().filter { $0.offset == 0 || calls[$0.offset - 1] != $0.element }.map(\.element)
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
