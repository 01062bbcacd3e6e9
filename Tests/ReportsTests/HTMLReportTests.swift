import Foundation
import TCPSockets
import Testing

@testable import Claims
@testable import Pages
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("report.html")
struct HTMLReportTests {
    private static let hostile = "<script>alert('x')</script>&\""

    private static func page() async throws -> String {
        let call = TraceLine(
            line: #"{"arguments":{"address":"<script>"},"call":"bind","errno":null,"result":-1,"state":null,"t":1}"#
        ).flatMap(SocketCall.init)
        let recording = Recording(
            hostile, segments: .orderly(first: .client), clientCalls: [call].compactMap { $0 }, serverCalls: [])
        let finding = Finding(
            "B8", holds: false, under: .ordinary(hostile), because: hostile,
            evidence: ["some", "explicit-active", hostile])
        return try await HTMLReport(report(recording, finding)).text()
    }

    private static func report(_ recording: Recording, _ finding: Finding) -> Report {
        Report.madeUp(
            Matrix.cells().map { CellResult($0, connect: $0.timestamps ? .ok : .noAnswer) },
            experiments: [
                ExperimentResult("some", [finding], recordings: [recording], figures: [.init(hostile, hostile)])
            ],
            failures: [RunFailure(id: "explicit-reset", reason: hostile)])
    }

    @Test("Text from elsewhere begins no markup")
    func escaped() async throws {
        let page = try await Self.page()
        // The page's own, which filters the cells.
        #expect(page.matches(of: /<script/).count == 1)
        #expect(!page.contains("<b>"))
        #expect(page.contains("&lt;script&gt;alert("))
    }

    @Test("Every link on the page has a target, and no two things have the same name")
    func links() async throws {
        let page = try await Self.page()
        let names = page.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
        #expect(Set(names).count == names.count)
        let targets = page.matches(of: /href="#([^"]*)"/).map { String($0.1) }
        #expect(!targets.isEmpty)
        #expect(Set(targets).subtracting(names).isEmpty)
        #expect(!page.contains("href=\"http") && !page.contains("src="))
        // A browser opens the details around what a link names, and not details that it names themselves.
        #expect(!page.contains(/<details[^>]*\sid=/))
    }

    @Test("It says its language and title, and its headings, tables and drawings are labelled")
    func labels() async throws {
        let page = try await Self.page()
        #expect(page.contains("<html lang=\"en\">") && page.contains("<title>TIME-WAIT on Linux 6.1"))
        #expect(page.contains("<main id=\"main\">") && page.contains("<nav aria-label="))
        let levels = page.matches(of: /<h([1-6])/).compactMap { Int($0.1) }
        #expect(levels.first == 1 && levels.count { $0 == 1 } == 1)
        #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
        #expect(page.matches(of: /<table/).count == page.matches(of: /<caption>/).count)
        #expect(page.matches(of: /<th[ >]/).allSatisfy { page[$0.range.lowerBound...].prefix(11) == "<th scope=\"" })
        let drawings = page.matches(
            of: /<svg class="(?:sq|fsm)" role="img"[^>]*><title>[^<]+<\/title><desc>[^<]+<\/desc>/)
        #expect(drawings.count == page.matches(of: /<svg/).count)
    }

    @Test("Every cell is drawn or stood for, and those that stand for others are of the same kind")
    func distinct() {
        let results = Matrix.cells().map { CellResult($0) }
        let cells = DistinctCells(results)
        #expect(cells.kinds.reduce(0) { $0 + 1 + $1.others.count } == results.count)
        #expect(cells.representative(of: "explicit-active-no-timestamps-ipv6") == "explicit-active")
        #expect(cells.representative(of: "implicit-active") == "implicit-active")
    }

    @Test("How many bytes were lost is no difference between cells, whether any were is")
    func chance() {
        let cells = [IPAddress.Family.v4, .v6].map { Cell(family: $0) }
        let alike = zip(cells, [1_000, 2_000]).map { CellResult($0, bytesLost: $1) }
        #expect(DistinctCells(alike).kinds.count == 1)
        let different = zip(cells, [0, 2_000]).map { CellResult($0, bytesLost: $1) }
        #expect(DistinctCells(different).kinds.count == 2)
    }

    @Test("The answer and what to do stand before the matrix, which has no two equal rows")
    func firstScreen() async throws {
        let results = Matrix.cells().map { CellResult($0, connect: nil, bind: .failed(.addressInUse)) }
        let page = try await HTMLReport(.madeUp(results)).text()
        let answer = try #require(
            page.firstRange(
                of:
                    "Whoever sends the first FIN holds TIME-WAIT; if that is the client, bind() to its port then fails with "
                    + "EADDRINUSE."))
        let matrix = try #require(page.firstRange(of: "id=\"glance\""))
        #expect(answer.upperBound < matrix.lowerBound)
        let rows = MatrixRow.all(results)
        #expect(rows.map(\.count).reduce(0, +) == results.count)
        let told = rows.map { ["\($0.entries)", $0.firstToClose, $0.ending, $0.timeWait] }
        #expect(Set(told).count == rows.count && rows.count < MatrixTable(results).rows.count)
        let other = Matrix.cells().map { CellResult($0, timeWait: $0.close == .reset ? .server : .client) }
        let answerOfOther = try await HTMLReport(.madeUp(other)).text()
        let count = other.count { $0.outcome.timeWait == .client }
        #expect(answerOfOther.contains("held TIME-WAIT in \(count) of \(other.count) cells"))
    }

    @Test("The page of a claim or of a cell begins with it, that of several patterns does not")
    func handout() async throws {
        let report = Report.madeUp(Matrix.cells().map { CellResult($0, connect: nil, bind: .failed(.addressInUse)) })
        func page(_ names: String...) async throws -> Substring {
            let text = try await HTMLReport(report, asked: names).text()
            return try #require(text.firstRange(of: "<body>").map { text[$0.upperBound...] })
        }
        let claim = try await page("a1")
        #expect(claim.contains(/<div class="handout"><section>.*\s*<h1>“After `exit`, a client on a fixed port/))
        #expect(claim.matches(of: /<h1>/).count == 1)
        #expect(claim.contains("<details class=\"rest\">"))
        let cell = try await page("explicit-active")
        #expect(cell.contains("<div class=\"handout\"><section><h1>explicit-active</h1>"))
        let both = try await page("explicit-active", "A1")
        #expect(both.contains("<h1>explicit-active, A1 on Linux 6.1</h1>"))
        #expect(both.contains("<section><h2>explicit-active</h2>"))
        #expect(try await !page("explicit-*").contains("<div class=\"handout\">"))
        #expect(try await !page().contains("<div class=\"handout\">"))
    }

    @Test("Every file that the page names is there, and none is left of the report before")
    func files() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "chat-test-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func listed() throws -> Set<String> {
            let page = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
            return Set(page.matches(of: /href="([^"#]+)"/).map { String($0.1) })
        }
        try await ReportFolder(folder).write(.madeUp(Matrix.cells().map { CellResult($0) }))
        let before = try listed()
        #expect(before.count == 2 * Matrix.cells().count)
        #expect(before.filter { !FileManager.default.fileExists(atPath: "\(folder)/\($0)") } == [])
        try await ReportFolder(folder).write(.madeUp([CellResult(Cell())]), asked: ["explicit-active"])
        #expect(try listed() == ["cells/explicit-active.pcap", "cells/explicit-active.svg"])
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/cells")
        #expect(Set(files) == ["explicit-active.pcap", "explicit-active.svg"])
    }

    @Test("Every text stands out from its ground, by light and in the dark", arguments: [Palette.light, .dark])
    func contrast(_ palette: Palette) {
        let plain = [palette.ink, palette.muted, palette.link].map { ($0, palette.paper) }
        // What a drawing writes on the page itself in the colour of a pair.
        let written = palette.pairs.filter { ["opening", "active", "bad"].contains($0.name) }
            .map { ($0.text, palette.paper) }
        for (text, ground) in plain + written + palette.pairs.map({ ($0.text, $0.ground) }) {
            #expect(contrastRatio(text, ground) >= 4.5, "\(text) on \(ground)")
        }
    }
}

/// The contrast of two colours (Web Content Accessibility Guidelines 2.2, "contrast ratio").
private func contrastRatio(_ one: String, _ other: String) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

private func luminance(_ colour: String) -> Double {
    let number = UInt32(colour.dropFirst(), radix: 16) ?? 0
    let parts = [16, 8, 0].map { shift -> Double in
        let part = Double(number >> UInt32(shift) & 0xFF) / 255
        return part <= 0.03928 ? part / 12.92 : power((part + 0.055) / 1.055)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
}

/// x to the power of 2.4: the fifth root of its twelfth power.
private func power(_ x: Double) -> Double {
    let twelfth = (0..<12).reduce(1) { power, _ in power * x }
    var root = 1.0
    for _ in 0..<100 { root -= (root - twelfth / (root * root * root * root)) / 5 }
    return root
}
