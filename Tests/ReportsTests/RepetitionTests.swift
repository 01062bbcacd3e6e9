import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("Several runs of the same")
struct RepetitionTests {
    private let whole = Report.madeUp([CellResult(Cell()), CellResult(Cell(close: .reset))])

    @Test("Equal runs are called equal; one run is compared with nothing")
    func equal() {
        #expect(Repetition([whole, whole, whole]).lines == ["3 runs, all equal"])
        #expect(Repetition([whole]).lines == [])
    }

    @Test("What a later run could not carry out is named, and the runs are not called equal in all")
    func failure() {
        let failure = RunFailure(id: "explicit-reset", reason: "the client was killed")
        let broken = Report.madeUp([CellResult(Cell())], failures: [failure])
        let repetition = Repetition([whole, whole, broken])
        #expect(repetition.differences.isEmpty)
        #expect(
            repetition.lines == [
                "run 3: explicit-reset could not run: the client was killed",
                "3 runs, all equal in what could run",
            ])
    }

    @Test("A state that passed too fast to be seen in one of them makes no difference")
    func fleetingState() {
        let connection = SyntheticCell.connection
        let samples = [TCPState.finWait1, .finWait2].enumerated().map { index, state in
            let entry = SocketEntry(local: connection.client, remote: connection.server, state: state)
            return StateSample(time: Double(index), connection: connection, states: SocketStates(client: entry))
        }
        let reports = [samples, []].map { samples in
            let seen = Recording("made-up", segments: [], samples: samples, clientCalls: [], serverCalls: [])
            return Report.madeUp([], experiments: [ExperimentResult("here", [], recordings: [seen])])
        }
        #expect(reports[0].document.states.transitions == [["FIN-WAIT-1", "FIN-WAIT-2"]])
        #expect(Repetition(reports).lines == ["2 runs, all equal"])
    }

    @Test("A difference is told with its run")
    func difference() {
        let other = Report.madeUp([CellResult(Cell(), timeWait: .none), CellResult(Cell(close: .reset))])
        let repetition = Repetition([whole, other])
        #expect(repetition.differences.contains { $0.id == "explicit-active" && $0.field == "timeWait" })
        #expect(
            repetition.lines.contains("run 2 differs from run 1: explicit-active: timeWait: expected client, seen none")
        )
        #expect(!repetition.lines.contains { $0.contains("equal") })
    }
}
