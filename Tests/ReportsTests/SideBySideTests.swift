import Foundation
import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("Reports side by side")
struct SideBySideTests {
    private static let schema = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/schema/compare.json"

    private let report = Report.madeUp(
        [CellResult(Cell()), CellResult(Cell(close: .linger)), CellResult(Cell(close: .reset), timeWait: .none)],
        experiments: [.madeUp("some", Finding("B8", holds: true, because: "So it was.", evidence: ["some"]))]
    ).document

    /// The same kernel's report after a change.
    private func changed(_ change: (inout ReportDocument) throws -> Void) rethrows -> ReportDocument {
        var other = report
        try change(&other)
        return other
    }

    @Test("Equal reports, however many, have no row")
    func same() throws {
        let sides = SideBySide([("a", report), ("b", report), ("c", report)])
        #expect(sides.isEqual)
        #expect(sides.cells == 3)
        #expect(sides.text(width: 100, hasColour: false).hasSuffix("compared: all equal."))
    }

    @Test("Cells that differ in the same way share a row, and each report has its value")
    func cells() throws {
        let other = changed {
            $0.cells[0].timeWait = .server; $0.cells[1].timeWait = .server
        }
        let sides = SideBySide([("a", report), ("b", other), ("c", report)])
        #expect(
            sides.rows == [
                .init(id: "explicit-{active,linger}", field: "timeWait", values: ["client", "server", "client"])
            ])
        #expect(!sides.isEqual)
    }

    @Test("Claims come before cells, and in words on a page")
    func claims() throws {
        let other = try changed {
            $0.cells[0].timeWait = .server
            let index = try #require($0.claims.firstIndex { $0.id == "B8" })
            $0.claims[index].verdict = .conditional
        }
        let sides = SideBySide([("old.json", report), ("new.json", other)])
        #expect(sides.rows.map(\.id) == ["B8", "explicit-active"])
        #expect(sides.rows[0].values == ["confirmed", "conditional"])
        let claim = try #require(Claim.named("B8"))
        let text = claim.text.replacing("_", with: "\\_")
        #expect(sides.markdown.contains("| B8. \(text)<br>verdict | confirmed | conditional |"))
        #expect(sides.markdown.contains("|  | old.json | new.json |"))
    }

    @Test("What one report has not carried out is no difference, and is named")
    func notCompared() {
        let less = Report.madeUp([CellResult(Cell())]).document
        let sides = SideBySide([("all", report), ("less", less)])
        #expect(sides.rows.allSatisfy { $0.id != "B8" })
        #expect(sides.notes.contains { $0.hasPrefix("less: not compared") && $0.contains("B8") })
    }

    @Test("The JSON keeps to its schema; a value that is not there is null")
    func json() throws {
        let other = changed {
            $0.cells.removeLast(); $0.cells[0].reconnect.connect = nil
        }
        let sides = SideBySide([("a", other), ("b", report)])
        #expect(sides.rows.contains { $0.id == "explicit-reset" && $0.values == [nil, "a cell"] })
        let json = try sides.json()
        let schema = try JSONSchema(json: String(contentsOfFile: Self.schema, encoding: .utf8))
        #expect(schema.complaints(about: try JSONValue(json: json)) == [])
        let broken = json.replacing("\"differences\"", with: "\"difference\"")
        #expect(schema.complaints(about: try JSONValue(json: broken)) != [])
    }
}
