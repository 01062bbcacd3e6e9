import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("Comparing reports")
struct ComparisonTests {
    private let report = Report.madeUp(
        [CellResult(Cell()), CellResult(Cell(close: .reset), timeWait: .none)],
        experiments: [.madeUp("some", Finding("B8", holds: true, because: "So it was.", evidence: ["some"]))]
    ).document

    @Test("A report agrees with itself, in every cell and claim")
    func same() {
        let comparison = Comparison(expected: report, seen: report)
        #expect(comparison.differences.isEmpty)
        #expect(comparison.cells == 2)
        #expect(comparison.claims == report.claims.count)
    }

    @Test("Each field of a cell counts, and the difference tells which way round")
    func fields() {
        var other = report
        other.cells[0].timeWait = .server
        other.cells[0].reconnect.connect = nil
        other.cells[1].rstCause = .lingerZero
        let comparison = Comparison(expected: report, seen: other)
        #expect(
            comparison.differences.map(\.description) == [
                "explicit-active: reconnect.connect: expected ok, seen null",
                "explicit-active: timeWait: expected client, seen server",
                "explicit-reset: rstCause: expected null, seen linger-zero",
            ])
        let reverse = Comparison(expected: other, seen: report)
        #expect(reverse.differences.map(\.expected) == comparison.differences.map(\.seen))
        #expect(reverse.differences.map(\.seen) == comparison.differences.map(\.expected))
    }

    @Test("Times and files do not count")
    func times() {
        var other = report
        other.cells[0].closeMilliseconds = 99
        other.cells[0].freeAfterSeconds = 60.1
        other.cells[0].pcap = "cells/explicit-active.pcap"
        #expect(Comparison(expected: report, seen: other).differences.isEmpty)
    }

    @Test("A verdict, its condition and its exceptions count; an answer is wording")
    func claims() throws {
        var other = report
        let index = try #require(other.claims.firstIndex { $0.id == "B8" })
        other.claims[index].verdict = .conditional
        other.claims[index].condition = "holds at night"
        other.claims[index].exceptions = ["Not by day."]
        other.claims[index].answer = "Yes."
        let differences = Comparison(expected: report, seen: other).differences
        #expect(
            differences.map(\.description) == [
                "B8: condition: expected null, seen holds at night",
                "B8: exceptions: expected none, seen Not by day.",
                "B8: verdict: expected confirmed, seen conditional",
            ])
    }

    @Test("What was not run is no difference; what was not expected is one")
    func parts() {
        var part = report
        part.cells.removeLast()
        #expect(Comparison(expected: report, seen: part).differences.isEmpty)
        #expect(Comparison(expected: report, seen: part).cells == 1)
        let differences = Comparison(expected: part, seen: report).differences
        #expect(differences.map(\.id) == ["explicit-reset"])
        #expect(differences[0].expected == nil)
    }

    @Test("A step of the state diagram that is not seen any more is a difference, where all was carried out again")
    func steps() {
        let close = ReportDocument.States(
            visited: [], transitions: [["CLOSING", "TIME-WAIT"], ["CLOSING", "LISTEN"]])
        var (one, other) = (report, report)
        (one.states, other.states) = (close, ReportDocument.States(visited: [], transitions: []))
        #expect(Comparison(expected: other, seen: one).differences.isEmpty)
        let differences = Comparison(expected: one, seen: other).differences
        #expect(differences.map(\.description) == ["CLOSING to TIME-WAIT: expected a step, seen none"])
        #expect(Comparison(expected: one, seen: other).uncompared.isEmpty)
        other.cells.removeLast()
        let part = Comparison(expected: one, seen: other)
        #expect(part.differences.isEmpty)
        #expect(part.uncompared.filter { $0.contains("step") } == ["the step CLOSING to TIME-WAIT"])
    }

    @Test("A step that can pass between two looks is no difference")
    func fleetingSteps() {
        let steps = ReportDocument.States(
            visited: [], transitions: [["LAST-ACK", "CLOSED"], ["FIN-WAIT-1", "FIN-WAIT-2"]])
        var (one, other) = (report, report)
        (one.states, other.states) = (steps, ReportDocument.States(visited: [], transitions: []))
        #expect(Comparison(expected: one, seen: other).differences.isEmpty)
    }

    @Test("What could not be carried out leaves its claims unjudged, by name, and is no difference")
    func failures() {
        let failed = Report.madeUp(
            [CellResult(Cell()), CellResult(Cell(close: .reset), timeWait: .none)],
            failures: [RunFailure(id: "some", reason: "waited 10.0 s in vain")]
        ).document
        let comparison = Comparison(expected: report, seen: failed)
        #expect(comparison.differences.isEmpty)
        #expect(comparison.unjudged == ["B8: not judged: some could not run"])
        #expect(comparison.uncompared.isEmpty)
        #expect(comparison.claims == report.claims.count - 1)
    }

    @Test("A cell that could not be carried out leaves all that the matrix bears on unjudged")
    func failedCell() {
        let failed = Report.madeUp(
            [CellResult(Cell())],
            experiments: [.madeUp("some", Finding("B8", holds: true, because: "So it was.", evidence: ["some"]))],
            failures: [RunFailure(id: "explicit-reset", reason: "waited 10.0 s in vain")]
        ).document
        let comparison = Comparison(expected: report, seen: failed)
        #expect(comparison.differences.isEmpty)
        #expect(comparison.unjudged.first == "explicit-reset: not judged: it could not run")
        #expect(comparison.unjudged.contains("A5: not judged: explicit-reset could not run"))
        #expect(!comparison.unjudged.contains { $0.hasPrefix("B8") })
        #expect(comparison.claims == 1)
    }

    @Test("What a part of a run leaves out is named as not compared")
    func uncompared() {
        let part = Report.madeUp([CellResult(Cell())]).document
        let comparison = Comparison(expected: report, seen: part)
        #expect(comparison.unjudged.isEmpty)
        #expect(comparison.uncompared.contains("B8"))
    }

    @Test("A verdict that rests on what was not run is not compared")
    func evidence() throws {
        let part = Report.madeUp([CellResult(Cell())]).document
        #expect(Comparison(expected: report, seen: part).differences.isEmpty)
        var without = report
        without.claims.removeAll { $0.id == "B8" }
        let differences = Comparison(expected: report, seen: without).differences
        #expect(differences.map(\.description) == ["B8: expected a verdict, seen none"])
    }
}
