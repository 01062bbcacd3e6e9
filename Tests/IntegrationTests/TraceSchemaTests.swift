import ChatProtocol
import Foundation
import TCPSockets
import Testing

@Suite("The JSON schema of a trace")
struct TraceSchemaTests {
    /// The properties of each kind of line: a call, and the two events.
    private func kinds() throws -> [[String: [String: Any]]] {
        let path = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/schema/trace.json"
        let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
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
}
