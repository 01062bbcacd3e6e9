import Foundation
import TCPSockets
import Testing

@testable import Claims
@testable import Pages
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("What a person reads")
struct TextReportTests {
    @Test("No line of the table is wider than it may be, whatever fails", arguments: [60, 80, 100])
    func width(_ width: Int) {
        // Every cell another answer, the longest there are: nothing can be merged.
        let results = Matrix.cells().enumerated().map { number, cell in
            CellResult(
                cell, connect: .failed(Errno(rawValue: 2_000_000_000 + CInt(number))),
                timeWait: Outcome.Holder.allCases[number % 4])
        }
        let failures = [RunFailure(id: String(repeating: "x", count: 300), reason: String(repeating: "y ", count: 300))]
        let text = TextReport(.madeUp(results, failures: failures), width: width).text(after: .seconds(1))
        for line in text.split(separator: "\n") { #expect(line.count <= width) }
    }

    @Test("What is the same in all cells is said once")
    func merged() {
        let table = MatrixTable(Matrix.cells().map { CellResult($0) })
        // What is not the same is only which claims it contradicts.
        let marks = table.rows.map { [$0.contradicts] + $0.entries.joined().map(\.contradicts) }
        #expect(Set(marks).count == table.rows.count)
        #expect(table.rows.map(\.closes.count).reduce(0, +) == 11)
        for row in table.rows {
            #expect(row.serverCloses == ["first", "last"])
            #expect(row.entries.map { $0.flatMap(\.lines) } == Array(repeating: ["ok"], count: 5))
        }
    }

    private let refused = CallResult.failed(.notPermitted)

    private func entry(_ answer: (Cell) -> CallResult) -> [String] {
        let cells = IPAddress.Family.allCases.flatMap { family in
            [true, false].map { Cell(family: family, timestamps: $0) }
        }
        let table = MatrixTable(cells.map { CellResult($0, connect: answer($0)) })
        #expect(table.rows.count == 1)
        return table.rows[0].entries[1].flatMap(\.lines)
    }

    @Test("An entry says what its answer depends on, and no more")
    func entries() {
        #expect(entry { _ in .ok } == ["ok"])
        #expect(entry { $0.timestamps ? .ok : refused } == ["ts on:", "ok", "ts off:", "connect EPERM"])
        #expect(entry { $0.family == .v4 ? .ok : refused } == ["IPv4:", "ok", "IPv6:", "connect EPERM"])
        #expect(
            entry { $0.family == .v6 && $0.timestamps ? refused : .ok } == [
                "not IPv6 ts on:", "ok", "IPv6 ts on:", "connect EPERM",
            ])
    }

    @Test("Cells that ended in another way have a row of their own")
    func split() {
        let cells = [Cell(), Cell(timestamps: false)]
        let table = MatrixTable(cells.map { CellResult($0, timeWait: $0.timestamps ? .client : .none) })
        #expect(table.rows.map(\.timeWait) == ["client", "none"])
        #expect(table.rows.map { $0.entries[1].flatMap(\.lines) } == [["ts on:", "ok"], ["ts off:", "ok"]])
    }

    @Test("Families and timestamps that make a difference are named, with their cells")
    func twins() {
        let results = Matrix.cells().map { cell in
            let fails = cell.close == .reset && cell.family == .v6 && cell.bind == .explicit
            return CellResult(cell, connect: fails ? refused : .ok)
        }
        let families = Twins.families(results)
        #expect(families.count == 220)
        #expect(families.different.allSatisfy { $0.close == .reset && $0.family == .v4 })
        #expect(
            families.sentence("So")
                == "So in 16 of 220 cells: explicit-{,reuse-both-,reuse-old-,reuse-new-}reset"
                + "{,-server-last,-no-timestamps,-server-last-no-timestamps}")
        #expect(Twins.timestamps(results).sentence("So") == "So in none of 220 cells.")
    }

    @Test("The names of many cells are shortened as a shell expands them")
    func summary() {
        #expect([Cell()].summary == "explicit-active")
        let cells = [CloseStrategy.active, .linger].flatMap { close in
            [Cell(close: close), Cell(family: .v6, close: close)]
        }
        #expect(cells.summary == "explicit-{active,linger}{,-ipv6}")
    }

    @Test("There is colour only where it is asked for")
    func colour() {
        let report = Report.madeUp(
            [], experiments: [.madeUp("some", Finding("B8", holds: true, because: "So.", evidence: ["some"]))])
        #expect(!TextReport(report).text().contains("\u{1B}"))
        #expect(TextReport(report, hasColour: true).text().contains("\u{1B}[32mconfirmed\u{1B}[0m"))
    }

    @Test("The answer comes first, then the claim, the verdict, its exceptions, and why")
    func order() async throws {
        let findings = [
            Finding("E3", holds: true, because: "It did.", evidence: ["some"]),
            Finding(
                "E3", holds: false, under: .others("with SO_REUSEADDR on the old socket only"), because: "There not.",
                evidence: ["some"]),
        ]
        let result = ExperimentResult("some", findings, recordings: [])
        let report = Report.madeUp([], experiments: [result])
        let lines = TextReport(report).text().split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let first = try #require(lines.firstIndex { $0.hasPrefix("E3") })
        #expect(
            lines[first..<(first + 5)] == [
                "E3   Yes, if both runs set it and TCP timestamps are on.",
                "“SO_REUSEADDR before bind() lets a client restart and connect at once.”", "confirmed",
                "Exception: Not with SO_REUSEADDR on the old socket only.", "It did. There not.",
            ])
        #expect(Markdown(report).text.contains("| E3 | **Yes, if both runs set it and TCP timestamps are on.** |"))
        let points = TestProtocol(report).text
        #expect(points.contains("\"answer\": \"Yes, if both runs set it and TCP timestamps are on.\""))
        #expect(points.contains("\"exceptions\": \"Not with SO_REUSEADDR on the old socket only.\""))
        let page = try await HTMLReport(report).text()
        #expect(
            page.contains("<caption>Exceptions</caption><tbody><tr><td>with SO_REUSEADDR on the old socket only</td>"))
    }

    @Test("Where the answer on file does not fit, the report says so")
    func noAnswer() {
        let result = ExperimentResult(
            "some", [Finding("E3", holds: false, because: "It did not.", evidence: ["some"])], recordings: [])
        let text = TextReport(.madeUp([], experiments: [result])).text()
        #expect(text.contains("E3   The answer on file does not match this run."))
        #expect(!text.contains("Yes, if both runs"))
    }

    @Test("A test harness gets a point for each cell, experiment, claim and failure")
    func testProtocol() {
        let report = Report.madeUp(
            [CellResult(Cell())],
            experiments: [.madeUp("some", Finding("B8", holds: false, because: "a \"b\"\n#", evidence: ["some"]))],
            failures: [RunFailure(id: "explicit-reset", reason: "so")])
        let claims = report.verdicts.count
        let difference = Comparison.Difference(id: "some", field: "x", expected: "1", seen: "2")
        let lines = TestProtocol(report, differences: [difference]).text.split(separator: "\n")
        #expect(lines.prefix(3) == ["TAP version 14", "1..\(3 + claims)", "ok 1 - explicit-active"])
        #expect(lines.contains("not ok 2 - some"))
        // As in JSON: a number is no string.
        #expect(lines.contains("  \"bytesLost\": 0"))
        #expect(lines.contains("not ok \(3 + claims) - explicit-reset"))
        #expect(lines.contains("  \"because\": \"a \\\"b\\\"\\n#\""))
        #expect(lines.count { $0 == "  ---" } == 3 + claims)
    }

    @Test("A page names every verdict, and what could not be carried out")
    func markdown() {
        let report = Report.madeUp([CellResult(Cell())], failures: [RunFailure(id: "explicit-reset", reason: "a|b")])
        let text = Markdown(report).text
        for verdict in report.verdicts { #expect(text.contains("| \(verdict.claim.id) |")) }
        #expect(text.contains("- `explicit-reset`: a\\|b"))
        #expect(text.contains("SO_REUSEADDR is varied with an explicit port only"))
    }
}
