import Testing

@testable import Claims
@testable import Packets
@testable import Recordings
@testable import TCPSockets
@testable import TestSupport

@Suite("The cells that bear on a claim")
struct BearingCellsTests {
    /// The whole matrix, each cell with one ending.
    private static func results(_ change: (inout SyntheticCell) -> Void) throws -> [CellResult] {
        try Matrix.cells().map { cell in
            var synthetic = SyntheticCell(cell: cell)
            synthetic.bind = cell.bind == .explicit ? .failed(.addressInUse) : nil
            change(&synthetic)
            return try synthetic.result
        }
    }

    /// Of A16 every recording is looked at, of cells and of experiments.
    @Test(
        "A run of these alone finds just what a run of all cells does", arguments: Matrix.claims.filter { $0 != "A16" })
    func sufficient(_ claim: String) throws {
        let all = [
            try Self.results { _ in },
            try Self.results {
                ($0.timeWait, $0.bind, $0.connect) = ([.server], .ok, .ok)
                $0.clientCalls = [.named(.send, at: 1, returned: 5), .named(.recv, at: 1), .named(.close, at: 1.001)]
            },
            try Self.results { ($0.segments, $0.timeWait, $0.connect) = ([CapturedSegment].reset, [], .ok) },
            try Self.results { ($0.clientCalls, $0.freeAfter) = ([.named(.send, at: 1, returned: 5)], 60) },
        ]
        for results in all {
            let bearing = results.filter { Matrix.bears($0.cell, on: claim) }
            let findings = matrixFindings(bearing).filter { $0.claim == claim }
            #expect(findings == matrixFindings(results).filter { $0.claim == claim })
        }
        #expect(all.contains { matrixFindings($0).contains { $0.claim == claim } })
    }

    @Test("No cell bears on a claim that the matrix does not judge")
    func none() {
        #expect(!Matrix.cells().contains { Matrix.bears($0, on: "F6") })
        #expect(Matrix.cells().allSatisfy { Matrix.bears($0, on: "A16") })
    }
}
