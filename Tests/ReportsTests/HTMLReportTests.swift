import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("report.html")
struct HTMLReportTests {
    private static let hostile = "<script>alert('x')</script>&\""

    private static func page() -> String {
        let call = TraceLine(
            line: #"{"arguments":{"address":"<script>"},"call":"bind","errno":null,"result":-1,"state":null,"t":1}"#
        ).flatMap(SocketCall.init)
        let recording = Recording(
            hostile, segments: .orderly(first: .client), clientCalls: [call].compactMap { $0 }, serverCalls: [])
        let finding = Finding(
            "B8", holds: false, under: .ordinary(hostile), because: hostile,
            evidence: ["some", "explicit-active", hostile])
        let report = Report.madeUp(
            Matrix.cells().map { CellResult($0, connect: $0.timestamps ? .ok : .noAnswer) },
            experiments: [
                ExperimentResult("some", [finding], recordings: [recording], figures: [.init(hostile, hostile)])
            ],
            failures: [RunFailure(id: "explicit-reset", reason: hostile)])
        return HTMLReport(report).text()
    }

    @Test("Text from elsewhere begins no markup")
    func escaped() throws {
        let page = Self.page()
        #expect(!page.contains("<script"))
        #expect(!page.contains("<b>"))
        #expect(page.contains("&lt;script&gt;alert("))
    }

    @Test("Every link on the page has a target, and no two things have the same name")
    func links() throws {
        let page = Self.page()
        let names = page.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
        #expect(Set(names).count == names.count)
        let targets = page.matches(of: /href="#([^"]*)"/).map { String($0.1) }
        #expect(!targets.isEmpty)
        #expect(Set(targets).subtracting(names).isEmpty)
        #expect(!page.contains("href=\"http") && !page.contains("src="))
    }

    @Test("It says its language and title, and its headings, tables and drawings are labelled")
    func labels() throws {
        let page = Self.page()
        #expect(page.contains("<html lang=\"en\">") && page.contains("<title>What Linux 6.1"))
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
