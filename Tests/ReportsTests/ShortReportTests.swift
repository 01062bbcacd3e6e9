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

    @Test(
        "A run of everything has at most 100 lines, none longer than the window is wide, whatever was found",
        arguments: [60, 80, 100])
    func size(_ width: Int) {
        // Every claim refuted, every cell another answer, and more failures than fit.
        let worst = Report.madeUp(
            Matrix.cells().enumerated().map { number, cell in
                CellResult(cell, connect: .failed(Errno(rawValue: 2_000_000_000 + CInt(number))))
            }, experiments: [ExperimentResult("some", Claim.all.map { Self.finding($0.id, false) }, recordings: [])],
            failures: (0..<200).map { RunFailure(id: "failure-\($0)", reason: "it did not work") })
        let usual = Self.report(Claim.all.filter { $0.id.hasPrefix("F") }.map { Self.finding($0.id, false) })
        for report in [usual, worst] {
            for isWhole in [true, false] {
                let text = ShortReport(report, isWhole: isWhole, width: width).text(after: .seconds(20))
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count <= 100)
                #expect(lines.filter { $0.count > width } == [])
                #expect(text.contains("What to do") && text.contains("--output DIR"))
            }
        }
        let text = ShortReport(worst, width: width).text()
        // What has no room is named or counted.
        let words = Set(text.split { $0.isWhitespace || $0 == "," || $0 == "." }.map(String.init))
        #expect(Claim.all.map(\.id).filter { !words.contains($0) } == [])
        #expect(text.contains("196 more lines: --verbose") || text.contains("197 more lines: --verbose"))
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
        #expect(rungs > 20)
        #expect(text.contains("… \(80 - rungs) lines left out"))
        // How it ends is shown.
        #expect(lines.contains { $0.hasPrefix(" 80 ") })
    }

    @Test("A claim on which nothing bears is said to be one")
    func untouched() {
        #expect(ClaimReport(Self.report(), claims: ["A22"]).text.hasPrefix("A22: nothing in this run tests it."))
    }

    @Test("Of a claim of which a part was run, what is missing is said")
    func part() {
        let text = ClaimReport(.madeUp([CellResult(Cell())]), claims: ["A1"]).text
        #expect(text.contains("Only a part of what tests A1 has run: 1 of 8 cells."))
        #expect(ClaimReport(Self.report(), claims: ["A3"]).text.contains("It needs --full, "))
    }

    @Test("A claim's reasons, however long, leave it at 60 lines")
    func longReasons() {
        let long = Finding(
            "F5", holds: false, because: Array(repeating: "words", count: 5000).joined(separator: " "),
            evidence: ["some"])
        let lines = ClaimReport(Self.report([long]), claims: ["F5"]).text.split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 60)
        #expect(lines.contains { $0.hasSuffix(" more lines: --verbose") })
    }

    @Test("Claims asked for beside something else are the ones that are answered")
    func beside() {
        let report = Self.report([Self.finding("F6", true), Self.finding("F5", false)])
        let text = ShortReport(report, isWhole: false, claims: ["F6"]).text()
        let shown = text.split(separator: "\n").filter { $0.hasPrefix("F") }.map { $0.prefix(2) }
        #expect(shown == ["F6"])
    }

    @Test("A RST is in colour where that is allowed")
    func colour() {
        var reset = CapturedSegment(number: 0, from: .client, [.rst], at: 0)
        reset.deliveries = [.init(time: 0, before: SocketStates(), after: SocketStates())]
        let recording = Recording("one", segments: [reset], clientCalls: [], serverCalls: [])
        let coloured = Ladder(recording, width: 80, paint: Paint(hasColour: true)).lines(most: 10)
        #expect(coloured[1].contains("\u{1B}[31m"))
        let plain = Ladder(recording, width: 80, paint: Paint(hasColour: false)).lines(most: 10)
        #expect(plain.allSatisfy { !$0.contains("\u{1B}") && $0.count <= 80 })
    }

    @Test("What to do comes in order of harm: what loses data last, and before it what waits, or makes the server pay")
    func remedies() {
        func remedy(
            _ name: String, _ pays: String, silent: String = "nothing", talking: String = "yes: 5 bytes here",
            blocks: String = "no"
        ) -> Remedy {
            Remedy(
                name: name, fixedPort: .free, pays: pays, losesToSilentPeer: silent, losesToTalkingPeer: talking,
                blocks: blocks, sustains: nil, advice: name)
        }
        let remedies = [
            remedy("--close reset", "nobody", silent: "yes: 5 bytes here"),
            remedy("--close linger", "client", blocks: "yes: 1,000 ms here"),
            remedy("--close passive", "server", talking: "nothing"), remedy("an ephemeral port", "client"),
            remedy("--close half-close", "client", talking: "nothing"),
        ]
        let advice = RemediesText(remedies, width: 100).lines.filter { $0.contains("-> ") }
        #expect(
            advice.map { $0.replacing("-> ", with: "").replacing(/^ +/, with: "") } == [
                "--close half-close", "an ephemeral port", "--close passive", "--close linger", "--close reset",
            ])
    }
}
