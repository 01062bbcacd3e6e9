import ChatProtocol
import TCPSockets
import Testing

@testable import Recordings
@testable import Stories

@Suite("How a client's bind() and connect() went, by its trace")
struct ReconnectTests {
    private static func call(_ call: SystemCall, _ errno: Errno? = nil, error: TraceLine.Value? = nil) -> SocketCall? {
        var arguments: [String: TraceLine.Value] = ["fd": .integer(5)]
        if let error { (arguments["option"], arguments["value"]) = (.text("SO_ERROR"), error) }
        return SocketCall(
            TraceLine(
                time: 1, .call(call, result: errno == nil ? 0 : -1, errno: errno, state: .closed), arguments: arguments)
        )
    }

    static let traces: [([SocketCall?], bind: CallResult, connect: CallResult?)] = [
        (
            [call(.bind), call(.connect, .inProgress), call(.getsockopt, error: .integer(0)), call(.getsockname)], .ok,
            .ok
        ),
        ([call(.connect, .inProgress), call(.getsockname)], .notCalled, .ok),
        ([call(.bind, .addressInUse)], .failed(.addressInUse), nil),
        ([call(.bind), call(.connect, .addressNotAvailable)], .ok, .failed(.addressNotAvailable)),
        // It was under way, and SO_ERROR told later.
        (
            [call(.bind), call(.connect, .inProgress), call(.getsockopt, error: .text("ECONNREFUSED"))], .ok,
            .failed(.connectionRefused)
        ),
        // The client's own patience was over first.
        ([call(.connect, .inProgress), call(.close)], .notCalled, .noAnswer),
        ([call(.connect, .inProgress), call(.getsockopt, error: .integer(0)), call(.close)], .notCalled, .noAnswer),
        ([], .notCalled, nil),
    ]

    @Test("comes from its calls, whatever its messages say", arguments: traces.indices)
    func attempt(_ index: Int) {
        let (calls, bind, connect) = Self.traces[index]
        let client = FinishedProgram(
            status: 69, messages: ["connect 192.0.2.2:7000: EHOSTUNREACH (No route to host)"],
            calls: calls.compactMap(\.self))
        #expect(client.attempt == Outcome.Reconnect(bind: bind, connect: connect))
    }

    @Test(
        "is written as before, and read again",
        arguments: [
            (CallResult.ok, "ok"), (.notCalled, "not called"), (.noAnswer, "no answer"),
            (.failed(.addressInUse), "EADDRINUSE"),
        ])
    func text(_ result: CallResult, _ text: String) {
        #expect("\(result)" == text)
        #expect(CallResult(text) == result)
        #expect(CallResult("maybe") == nil)
    }
}

@Suite("How a conversation ended, by the server's trace")
struct ConversationEndTests {
    private func end(_ arguments: [String: TraceLine.Value], _ event: String = "conversation-over") -> ConversationEnd
        .Way?
    {
        ConversationEnd(TraceLine(time: 1, .event(event), arguments: arguments))?.way
    }

    @Test("has each of the client's ways under its name", arguments: Ending.allCases)
    func peer(_ ending: Ending) {
        #expect(end(["address": .text("192.0.2.1:50001"), "ending": .text(ending.rawValue)]) == .peer(ending))
    }

    @Test("has the number of the error where the server ended it, and is told of a leak")
    func others() {
        let address = TraceLine.Value.text("[2001:db8::1]:50001")
        #expect(end(["address": address, "ending": .text("refused"), "code": .integer(8)]) == .refused(.shuttingDown))
        #expect(end(["address": address], "conversation-leaked") == .leaked)
    }

    @Test("is none where something is missing or unknown")
    func none() {
        let address = TraceLine.Value.text("192.0.2.1:50001")
        #expect(end(["ending": .text("exit")]) == nil)
        #expect(end(["address": address, "ending": .text("refused")]) == nil)
        #expect(end(["address": address, "ending": .text("refused"), "code": .integer(65536)]) == nil)
        #expect(end(["address": address, "ending": .text("boredom")]) == nil)
        #expect(end(["address": address, "ending": .text("exit")], "another") == nil)
        #expect(ConversationEnd(TraceLine(time: 1, .call(.close, result: 0, errno: nil, state: nil))) == nil)
    }
}
