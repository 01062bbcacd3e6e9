import FoundationEssentials
import TCPSockets
import Testing

@Suite("A line of a trace")
struct TraceLineTests {
    static let lines = [
        TraceLine(
            time: 7291.334286119, .call(.send, result: 10, errno: nil, state: .established),
            arguments: ["fd": .integer(5), "length": .integer(10)]),
        TraceLine(
            time: 0, .call(.connect, result: -1, errno: .connectionRefused, state: nil),
            arguments: ["fd": .integer(5), "address": .text("[::1]:7000")]),
        TraceLine(
            time: 1.5, .event("conversation-over"),
            arguments: ["address": .text("127.0.0.1:50001"), "ending": .text("refused"), "code": .integer(6)]),
    ]

    @Test("is read as it was written", arguments: lines)
    func roundTrip(_ line: TraceLine) throws {
        #expect(try JSONDecoder().decode(TraceLine.self, from: JSONEncoder().encode(line)) == line)
    }

    private func read(_ json: String) throws -> TraceLine {
        try JSONDecoder().decode(TraceLine.self, from: Data(json.utf8))
    }

    @Test("may name every call, every state and every error that there is")
    func names() throws {
        for call in SystemCall.allCases {
            for state in TCPState.allCases {
                let line = TraceLine(time: 1, .call(call, result: 0, errno: nil, state: state))
                #expect(try JSONDecoder().decode(TraceLine.self, from: JSONEncoder().encode(line)) == line)
            }
        }
        for number in CInt(1)...133 where !Errno(rawValue: number).name.hasPrefix("errno ") {
            #expect(Errno(name: Errno(rawValue: number).name) == Errno(rawValue: number))
        }
    }

    @Test(
        "is refused where it names what there is not, or lacks what it needs",
        arguments: [
            #"{"t":1,"arguments":{},"call":"listne","result":0,"errno":null,"state":null}"#,
            #"{"t":1,"arguments":{},"call":"bind","result":-1,"errno":"ENOSUCH","state":null}"#,
            #"{"t":1,"arguments":{},"call":"bind","result":0,"errno":null,"state":"OPEN"}"#,
            #"{"t":1,"arguments":{},"call":"bind","errno":null,"state":null}"#,
            #"{"t":1,"arguments":{}}"#,
            #"{"arguments":{},"event":"conversation-over"}"#,
            #"{"t":1,"event":"conversation-over"}"#,
            #"{"t":1,"arguments":{"fd":[]},"event":"conversation-over"}"#,
        ])
    func refused(_ json: String) {
        #expect(throws: DecodingError.self) { try read(json) }
    }

    @Test("has its arguments by name and type, and in the order of the C call")
    func arguments() throws {
        let line = try read(#"{"t":1,"arguments":{"length":65536,"flags":"0","fd":5},"event":"e"}"#)
        #expect((line.integer("fd"), line.text("fd")) == (5, nil))
        #expect((line.integer("flags"), line.text("flags")) == (nil, "0"))
        #expect(line.values == ["5", "65536", "0"])
    }
}
