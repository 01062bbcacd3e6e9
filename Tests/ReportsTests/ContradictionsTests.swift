import TCPSockets
import Testing

@testable import Claims
@testable import Pages
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("Cells that contradict a claim")
struct ContradictionsTests {
    private let refused = SyntheticCell()
    private let taken = SyntheticCell().with { $0.secondRun(bind: .ok, connect: .failed(.addressNotAvailable)) }

    @Test("bind() that fails is contrary to what the article says of bind()")
    func bindFails() throws {
        let row = MatrixTable([try refused.result]).rows[0]
        let marks = row.entries[1].flatMap(\.contradicts)
        #expect(marks.contains("A2") && marks.contains("A11"))
        #expect(!marks.contains("A1"))
        #expect(row.contradicts.isEmpty, "one answer is no row")
    }

    @Test("What all answers of a row contradict stands with how it ended")
    func wholeRow() throws {
        let reset = { (bind: Cell.Bind) in
            SyntheticCell().with {
                ($0.cell.bind, $0.segments, $0.timeWait) = (bind, .reset, [])
                $0.secondRun(bind: .ok, connect: .ok)
            }
        }
        let row = MatrixTable([try reset(.implicit).result, try reset(.explicit).result]).rows[0]
        #expect(row.contradicts.contains("A5"))
        #expect(row.entries.joined().allSatisfy { !$0.contradicts.contains("A5") })
    }

    @Test("connect() that fails is what the article says")
    func connectFails() throws {
        let row = MatrixTable([try taken.result]).rows[0]
        let marks = row.entries[1].flatMap(\.contradicts)
        #expect(!marks.contains("A2") && !marks.contains("A11"))
    }

    @Test("A claim that some answers of a row contradict stands with these")
    func byAnswer() throws {
        let other = taken.with { $0.cell.timestamps = false }
        let row = MatrixTable([try refused.result, try other.result]).rows[0]
        let answers = row.entries[1]
        #expect(answers.map(\.circumstances) == ["ts on", "ts off"])
        #expect(answers.map { $0.contradicts.contains("A2") } == [true, false])
        #expect(!row.contradicts.contains("A2"))
    }

    @Test("The terminal shows them in the grid, in yellow where there is colour")
    func shown() throws {
        let report = Report.madeUp([try refused.result])
        #expect(TextReport(report).text().contains("≠ A2"))
        #expect(TextReport(report, hasColour: true).text().contains("\u{1B}[33m≠ A2"))
        let plain = TextReport(report).text().split(separator: "\n")
        let coloured = TextReport(report, hasColour: true).text().replacing(/\u{1B}\[\d+m/, with: "").split(
            separator: "\n")
        #expect(coloured == plain)
    }

    @Test("The page shows those of a whole row once")
    func page() async throws {
        let page = try await HTMLReport(.madeUp([try refused.result])).text()
        #expect(page.matches(of: /<small class="contradicted">/).count == 1)
        #expect(page.contains(/<a href="#claim-A2" title="refuted: “[^"]*”[^"]*">A2<\/a>/))
    }
}
