import ChatProtocol
import Foundation
import TCPSockets
import TestSupport
import Testing

@Suite("The JSON schema of a trace", .serialized, .timeLimit(.minutes(5)))
struct TraceSchemaTests {
    private let text: String
    private let schema: JSONSchema

    init() throws {
        let path = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/schema/trace.json"
        text = try String(contentsOfFile: path, encoding: .utf8)
        schema = try JSONSchema(json: text)
    }

    /// The lines of a trace among others, after each was found to be as the schema says.
    private func validated(_ errors: String) throws -> [JSONValue] {
        let lines = errors.split(separator: "\n").filter { $0.hasPrefix("{") }
        return try lines.map { line in
            let value = try JSONValue(json: line)
            #expect(schema.complaints(about: value) == [], "\(line)")
            return value
        }
    }

    private func strings(_ lines: [JSONValue], _ keys: String...) -> Set<String> {
        Set(
            lines.compactMap { line in
                if case .string(let text)? = keys.reduce(line, { $0?[$1] }) { text } else { nil }
            })
    }

    /// The properties of each kind of line: a call, and the two events.
    private func kinds() throws -> [[String: [String: Any]]] {
        let schema = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let kinds = try #require(schema?["oneOf"] as? [[String: Any]])
        return try kinds.map { try #require($0["properties"] as? [String: [String: Any]]) }
    }

    @Test("names every state and every ending, and no call that there is not")
    func names() throws {
        let kinds = try kinds()
        let call = try #require(kinds.first { $0["call"] != nil })
        let states = try #require(call["state"]?["enum"] as? [Any]).compactMap { $0 as? String }
        #expect(Set(states) == Set(TCPState.allCases.map(\.description)))
        let calls = try #require(call["call"]?["enum"] as? [String])
        #expect(calls.filter { SystemCall(rawValue: $0) == nil } == [])
        let over = try #require(kinds.first { $0["event"]?["const"] as? String == "conversation-over" })
        let arguments = try #require(over["arguments"]?["properties"] as? [String: [String: Any]])
        let endings = try #require(arguments["ending"]?["enum"] as? [String])
        #expect(Set(endings) == Set(Ending.allCases.map(\.rawValue) + ["refused"]))
    }

    @Test("A client's trace is valid, whatever its close strategy", arguments: CloseStrategy.allCases)
    func client(_ strategy: CloseStrategy) async throws {
        var errors = ""
        try await withServer(["--answer", "echo", "--close", "last", "--padding", "64"]) { server in
            let flags = ["--trace", "json", "--close", strategy.rawValue, "--close-timeout", "0.2"]
            errors = try await runClient(server, flags, input: "one\n").errors
        }
        let calls = strings(try validated(errors), "call")
        #expect(calls.isSuperset(of: ["socket", "connect", "getsockopt", "getsockname", "send", "recv"]))
        // The kernel closes for a process that ends.
        #expect(calls.contains("close") == (strategy != .abandon))
        #expect(calls.contains("shutdown") == (strategy == .halfClose))
    }

    @Test("A client's trace is valid also where a call fails")
    func failures() async throws {
        let port = "\(try unusedPort())"
        let refused = try validated(try await runClient(port, ["--trace", "json"]).errors)
        #expect(refused.contains { $0["arguments"]?["value"] == .string("ECONNREFUSED") })
        try await withServer { server in
            let flags = ["--trace", "json", "--local-port", server.port]
            let inUse = try validated(try await runClient(server, flags).errors)
            #expect(inUse.contains { $0["call"] == .string("bind") && $0["errno"] == .string("EADDRINUSE") })
        }
    }

    @Test("A server's trace is valid, its calls and how conversations end")
    func server() async throws {
        let finished = try await withServer(["--answer", "echo", "--trace", "json"]) { server in
            func over(_ ending: String, _ end: (Peer) async throws -> Void) async throws {
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask("one") == .message(.answer("one")))
                try await end(peer)
                try await server.log.until("\"ending\":\"\(ending)\"")
            }
            try await over("exit") { try await $0.send(.exit) }
            try await over("end of stream") { try $0.close() }
            try await over("truncated") { peer in
                try await peer.send([0, 0])
                try peer.shutdownSending()
            }
            try await over("reset") { try $0.reset() }
            try await over("refused") { try await $0.send(.answer("unasked")) }
        }
        let lines = try validated(finished.errors)
        let calls: Set = ["socket", "setsockopt", "bind", "listen", "accept4", "recv", "send", "close"]
        #expect(strings(lines, "call").isSuperset(of: calls))
        #expect(strings(lines, "event") == ["conversation-over"])
        #expect(strings(lines, "arguments", "ending") == ["exit", "end of stream", "truncated", "reset", "refused"])
    }

    @Test("The event of a leak is valid")
    func leak() async throws {
        let finished = try await withServer(["--answer", "echo", "--trace", "json", "--close", "never"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.exit)
            try await server.log.until("conversation-leaked")
            try peer.close()
        }
        #expect(strings(try validated(finished.errors), "event").contains("conversation-leaked"))
    }

    private static let call = #"{"arguments":{"fd":5},"call":"close","errno":null,"result":0,"state":"CLOSED","t":1.5}"#
    private static let over =
        #"{"arguments":{"address":"127.0.0.1:1","ending":"exit"},"event":"conversation-over","t":1}"#

    @Test(
        "A line that is wrong in one thing is refused",
        arguments: [
            (call, #""close""#, #""open""#), (call, #""CLOSED""#, #""TIME_WAIT""#), (call, "1.5", "-1"),
            (call, #""result":0"#, #""result":0.5"#), (call, #""result":0"#, #""result":-2"#),
            (call, #""errno":null"#, #""errno":"no""#), (call, #""errno":null,"#, ""), (call, #""fd":5"#, #""fd":[5]"#),
            (call, #""t":1.5"#, #""t":1.5,"event":"conversation-over""#), (over, #""exit""#, #""left""#),
            (over, #""exit""#, #""refused""#), (over, #""exit""#, #""exit","code":2"#),
            (over, "conversation-over", "conversation-leaked"), (over, "conversation-over", "over"),
            (over, #""address""#, #""client""#), (over, #""t":1"#, #""t":"1""#),
            (over, #""t":1"#, #""t":1,"errno":null"#),
        ])
    func wrong(_ line: String, _ right: String, _ wrong: String) throws {
        #expect(schema.complaints(about: try JSONValue(json: line)) == [])
        #expect(line.contains(right))
        #expect(!schema.accepts(try JSONValue(json: line.replacing(right, with: wrong))))
    }

    @Test(
        "A schema with a keyword that the check does not know is refused, wherever it stands",
        arguments: [
            #"{"minLength": 1}"#, #"{"properties": {"a": {"format": "ipv4"}}}"#, #"{"oneOf": [true, {"anyOf": []}]}"#,
            ##"{"not": {"$ref": "#"}}"##, #"{"then": true}"#, #"{"if": true, "then": {"contains": {}}}"#,
            #"{"additionalProperties": {"uniqueItems": true}}"#, #"{"type": 1}"#, "7",
        ])
    func unknown(_ schema: String) {
        #expect(throws: JSONSchema.Unusable.self) { try JSONSchema(json: schema) }
    }
}
