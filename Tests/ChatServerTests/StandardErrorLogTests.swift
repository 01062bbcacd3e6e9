import Glibc
import Logging
import Synchronization
import TCPSockets
import Testing

@testable import ChatServer

@Suite("The log of what co-processes write to standard error", .timeLimit(.minutes(5)))
struct StandardErrorLogTests {
    private let lines = CollectedLines()
    private let pipe: (readEnd: CInt, writeEnd: CInt)

    init() throws {
        pipe = try makePipe()
        setNonBlocking(pipe.readEnd)
    }

    private func makeLog() -> StandardErrorLog { StandardErrorLog(reading: pipe.readEnd, logger: lines.logger) }

    private func write(_ text: String) { #expect(Glibc.write(pipe.writeEnd, text, text.utf8.count) == text.utf8.count) }

    private func closePipe() { for end in [pipe.readEnd, pipe.writeEnd] { close(end) } }

    @Test("has whole lines, with control characters made visible")
    func whole() {
        defer { closePipe() }
        var log = makeLog()
        let start = Moment.now
        write("one\ntw")
        #expect(log.read(at: start) == false)
        write("o\u{1B}[2J\n\nthree\n")
        #expect(log.read(at: start) == false)
        #expect(lines.all == ["co-process: one", "co-process: two^[[2J", "co-process: three"])
    }

    @Test("cuts a line that does not end")
    func long() {
        defer { closePipe() }
        var log = makeLog()
        let start = Moment.now
        write(String(repeating: "x", count: 2500) + "\n")
        _ = log.read(at: start)
        #expect(lines.all == ["co-process: " + String(repeating: "x", count: 1000)])
    }

    @Test("leaves out what comes too fast, says how much, and is read less often meanwhile")
    func flood() throws {
        defer { closePipe() }
        var log = makeLog()
        let start = Moment.now
        var poller = try Poller()
        log.watch(poller)
        for _ in 0..<40 {
            write(String(repeating: "y\n", count: 100))
            _ = log.read(at: start)
        }
        #expect(lines.all.count == 1000)
        write("y\n")
        #expect(try poller.wait(mayBlock: false) == 1)
        log.read(&poller, now: start)
        #expect(try poller.wait(mayBlock: false) == 0)
        let due1 = poller.nextDue(at: start + .milliseconds(20))
        #expect(due1 == LoopToken.standardError)
        log.readAgain(&poller, now: start + .seconds(1))
        #expect(lines.all.last == "co-process: 3001 lines were left out: too many to log")
        write("z\n")
        #expect(try poller.wait(mayBlock: false) == 1)
    }
}

/// Log lines, kept.
final class CollectedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { [self] _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: CollectedLines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.message)") }
        }
    }
}
