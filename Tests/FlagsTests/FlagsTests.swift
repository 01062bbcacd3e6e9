import ArgumentParser
import TCPSockets
import Testing

@testable import Flags

@Suite("Flags that several programs have")
struct FlagsTests {
    /// What is wrong with a command line; nil where nothing is.
    private func complaint<Arguments: ParsableArguments>(
        _ type: Arguments.Type, _ arguments: [String]
    ) -> String? {
        do {
            _ = try type.parse(arguments)
            return nil
        } catch {
            return type.message(for: error)
        }
    }

    @Test("What is no number is refused as it is read", arguments: ["", "x", "1e3", "0x10", "1 "])
    func noNumber(_ text: String) {
        #expect(Port(argument: text) == nil)
        #expect(complaint(CloseTimeFlags.self, ["--close-delay", text])?.contains("is invalid for") == true)
    }

    @Test(
        "What is out of bounds is told the bounds",
        arguments: [
            (Port.self as any BoundedNumber.Type, ["1", "65535", "+7"], ["0", "65536", "-1"], "from 1 to 65535"),
            (ListeningPort.self, ["0", "65535"], ["-1", "65536"], "from 0 to 65535"),
            (LingerSeconds.self, ["0", "65535"], ["-1", "65536"], "from 0 to 65535"),
            (Milliseconds.self, ["0", "1000000000"], ["-1", "1000000001"], "from 0 to 1000000000"),
            (
                Seconds.self, ["0", "0.5", "1e9"], ["-0.1", "1.1e9", "nan", "inf"],
                "from 0 to 1000000000"
            ),
            (FrameLimit.self, ["1", "16777216"], ["0", "16777217"], "from 1 to 16777216"),
        ] as [(any BoundedNumber.Type, [String], [String], String)])
    func bounds(_ type: any BoundedNumber.Type, _ right: [String], _ wrong: [String], _ words: String) throws {
        for text in right {
            let read = type.init(argument: text)
            let number = try #require(read)
            #expect(throws: Never.self) { try number.check("--flag") }
        }
        for text in wrong {
            let read = type.init(argument: text)
            let number = try #require(read)
            let error = #expect(throws: ValidationError.self) { try number.check("--flag") }
            #expect(error?.message == "--flag must be \(words)")
        }
    }

    @Test("A group checks its own flags")
    func groups() {
        #expect(
            complaint(CloseTimeFlags.self, ["--close-timeout=-1"]) == "--close-timeout must be from 0 to 1000000000")
        #expect(complaint(CloseTimeFlags.self, ["--close-delay=-1"]) == "--close-delay must be from 0 to 1000000000")
        #expect(
            complaint(CloseTimeFlags.self, ["--linger-seconds=65536"]) == "--linger-seconds must be from 0 to 65535")
        #expect(complaint(FrameLimitFlag.self, ["--max-frame=0"]) == "--max-frame must be from 1 to 16777216")
        #expect(complaint(FrameLimitFlag.self, ["--max-frame=1"]) == nil)
    }

    @Test("The times of a close are those of the library unless they are given")
    func times() throws {
        #expect(try CloseTimeFlags.parse([]).times == CloseTimes())
        let given = ["--close-delay", "7", "--close-timeout", "0.5", "--linger-seconds", "9"]
        #expect(
            try CloseTimeFlags.parse(given).times
                == CloseTimes(delay: .milliseconds(7), timeout: .milliseconds(500), lingerSeconds: 9))
    }

    @Test("Help shows a default as the plain number that it is")
    func help() {
        let help = CloseTimeFlags.helpMessage(columns: 200)
        #expect(help.contains("--close-timeout <seconds>") && help.contains("(default: 5.0)"))
        #expect(help.contains("(default: 50)"))
        #expect(FrameLimitFlag.helpMessage(columns: 200).contains("1 to 16777216. (default: 65536)"))
    }

    @Test("A count of nothing is refused", arguments: [0, -1])
    func count(_ number: Int) {
        let error = #expect(throws: ValidationError.self) { try requireOneOrMore(number, "--top") }
        #expect(error?.message == "--top must be at least 1")
    }

    @Test("A count may be missing", arguments: [nil, 1, 7])
    func noCount(_ number: Int?) {
        #expect(throws: Never.self) { try requireOneOrMore(number, "--top") }
    }

    @Test("A format of the trace and an address are read by their names")
    func names() {
        #expect(Trace.Format(argument: "json") == .json && Trace.Format(argument: "xml") == nil)
        #expect(IPAddress(argument: "::1") == .loopbackV6 && IPAddress(argument: "localhost") == nil)
    }

    private struct Closing: ParsableArguments {
        @Option(transform: word) var close = CloseStrategy.active
    }

    @Test("A word that is wrong is told the nearest, or all")
    func nearWords() throws {
        for strategy in CloseStrategy.allCases {
            #expect(try Closing.parse(["--close", strategy.rawValue]).close == strategy)
        }
        #expect(complaint(Closing.self, ["--close", "pasive"])?.hasSuffix(": did you mean passive?") == true)
        let all = complaint(Closing.self, ["--close", "zzzzzz"])
        #expect(all?.contains(": it is active, delay, ") == true && all?.hasSuffix(" or disconnect") == true)
    }
}
