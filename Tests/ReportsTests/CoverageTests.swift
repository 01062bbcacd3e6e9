import Testing

@testable import Claims
@testable import Experiments
@testable import Recordings
@testable import Reports
@testable import Scenes
@testable import TestSupport

@Suite("What a run says that it has left out")
struct CoverageTests {
    private func notes(_ cells: [SyntheticCell], _ experiments: [ExperimentResult] = []) throws -> [String] {
        Coverage(.madeUp(try cells.map { try $0.result }, experiments: experiments)).notes
    }

    @Test("A part of the matrix is called one")
    func part() throws {
        let note = try #require(try notes([SyntheticCell()]).first)
        let (cells, experiments) = (Matrix.cells().count, allExperiments.count)
        #expect(note.hasPrefix("These are 1 of \(cells) cells and 0 of \(experiments) experiments: "))
    }

    @Test("Everything is no part, everything but one experiment is")
    func everything() throws {
        let cells = Matrix.cells().map { CellResult($0) }
        let experiments = allExperiments.map { ExperimentResult($0.id, [], recordings: []) }
        let isPart = { (report: Report) in Coverage(report).notes.contains { $0.hasPrefix("These are") } }
        #expect(!isPart(.madeUp(cells, experiments: experiments)))
        #expect(isPart(.madeUp(cells, experiments: Array(experiments.dropLast()))))
    }

    @Test("A run of everything names the claims on which nothing bears")
    func untouched() throws {
        let cells = Matrix.cells().map { CellResult($0) }
        let experiments = allExperiments.map { ExperimentResult($0.id, [], recordings: []) }
        func notes(_ catalogue: [ExperimentDescription]) -> [String] {
            let report = Report(
                kernel: "6.1", sysctls: [:], cells: cells, experiments: experiments, catalogue: catalogue)
            return Coverage(report).notes.filter { $0.hasPrefix("Not tested by this run") }
        }
        func bearing(on claims: [String]) -> [ExperimentDescription] {
            [ExperimentDescription(id: "all", claims: claims, claimed: "", done: "", lookFor: "")]
        }
        let all = Claim.all.map(\.id)
        #expect(notes(bearing(on: all)) == [])
        #expect(
            notes(bearing(on: all.filter { $0 != "F4" && $0 != "A12" }))
                == ["Not tested by this run: A12, F4."])
    }

    @Test("A3 is left open where there was a TIME-WAIT and nobody waited for its end, and only there")
    func waiting() throws {
        let isOpen = { (notes: [String]) in notes.contains { $0.hasPrefix("A3 is left open") } }
        #expect(isOpen(try notes([SyntheticCell()])))
        #expect(!isOpen(try notes([SyntheticCell().with { $0.freeAfter = 60.1 }])))
        #expect(!isOpen(try notes([SyntheticCell().with { $0.timeWait = [.server] }])))
    }
}
