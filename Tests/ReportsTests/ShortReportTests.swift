import TCPSockets
import Testing

@testable import Claims
@testable import Packets
@testable import Recordings
@testable import Reports
@testable import TestSupport
@testable import Text

@Suite("What a person reads by default")
struct ShortReportTests {
    private static func finding(_ claim: String, _ holds: Bool) -> Finding {
        Finding(claim, holds: holds, because: "It was seen, again and again.", evidence: ["some"])
    }

    /// Cells as on Linux, and an experiment that bears on some claims.
    private static func report(_ findings: [Finding] = [], recordings: [Recording] = []) -> Report {
        let cells = Matrix.cells().map { CellResult($0) }
        let experiment = ExperimentResult("some", findings, recordings: recordings)
        return .madeUp(cells, experiments: [experiment])
    }

    @Test("A run of everything has at most 100 lines of 100 columns, and of fewer where the window is narrower")
    func size() {
        let findings = Claim.all.filter { $0.id.hasPrefix("F") }.map { Self.finding($0.id, false) }
        let report = Self.report(findings)
        for width in [80, 100] {
            let lines = ShortReport(report, width: width).text(after: .seconds(20)).split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.filter { $0.count > width } == [])
            if width == 100 { #expect(lines.count <= 100) }
        }
    }

    @Test("The answers that are a plain yes are left out, and what is refuted is there")
    func answers() {
        let text = ShortReport(Self.report([Self.finding("F6", true), Self.finding("F5", false)])).text()
        let shown = text.split(separator: "\n").filter { $0.hasPrefix("F") }.map { $0.prefix(2) }
        #expect(shown.contains("F5"))
        #expect(!shown.contains("F6"))
        #expect(text.contains("What to do") && text.contains("--verbose"))
    }

    @Test("One claim has at most 60 lines, with the segments that decide; those that have no room are counted")
    func claim() throws {
        let segments = (0..<80).map { CapturedSegment(number: $0, from: .client, [.fin, .ack], at: Double($0)) }
        let recording = Recording("long", segments: segments, clientCalls: [], serverCalls: [])
        let report = Self.report([Self.finding("F5", false)], recordings: [recording])
        let text = ClaimReport(report, claims: ["F5"]).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 60)
        #expect(lines.filter { $0.count > 100 } == [])
        #expect(text.contains("verdict   refuted"))
        #expect(text.contains("some, long") && text.contains("FIN,ACK"))
        let rungs = lines.count { $0.contains("FIN,ACK") }
        #expect(text.contains("… \(80 - rungs) segments more"))
    }

    @Test("A claim on which nothing bears is said to be one")
    func untouched() {
        #expect(ClaimReport(Self.report(), claims: ["A22"]).text.hasPrefix("A22: nothing that was run bears on it."))
    }

    @Test("A segment that did not arrive ends on its way, and a RST is in colour")
    func rungs() throws {
        var arrived = CapturedSegment(number: 0, from: .client, [.rst], at: 0)
        arrived.deliveries = [.init(time: 0, before: SocketStates(), after: SocketStates())]
        let lost = CapturedSegment(number: 1, from: .server, [.ack], at: 1)
        let recording = Recording("one", segments: [arrived, lost], clientCalls: [], serverCalls: [])
        let lines = Ladder(recording, width: 80, paint: Paint(hasColour: false)).lines(most: 10)
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("CLOSED") && lines[1].contains("-> CLOSED"))
        #expect(lines[2].contains(" x-"))
        let coloured = Ladder(recording, width: 80, paint: Paint(hasColour: true)).lines(most: 10)
        #expect(coloured[1].contains("\u{1B}["))
        #expect(!coloured[2].contains("\u{1B}["))
    }
}
