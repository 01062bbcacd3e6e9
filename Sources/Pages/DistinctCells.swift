import Recordings
import TCPSockets

/// Cells of one kind: the same calls, the same ending, the same fate of the second run. One drawing stands for all.
struct DistinctCells: Sendable {
    struct Kind: Sendable {
        /// The plainest: the first in the order of the matrix.
        let drawn: CellResult
        let others: [Cell]
    }

    let kinds: [Kind]
    private let representatives: [String: String]

    init(_ results: [CellResult]) {
        var order: [[String]] = []
        var groups: [[String]: [CellResult]] = [:]
        for result in results {
            let likeness = result.likeness
            if groups[likeness] == nil { order.append(likeness) }
            groups[likeness, default: []].append(result)
        }
        kinds = order.compactMap { likeness in
            groups[likeness].flatMap { group in
                group.first.map { Kind(drawn: $0, others: group.dropFirst().map(\.cell)) }
            }
        }
        var representatives: [String: String] = [:]
        for kind in kinds {
            for cell in [kind.drawn.cell] + kind.others { representatives[cell.id] = kind.drawn.cell.id }
        }
        self.representatives = representatives
    }

    /// The cell that is drawn in place of another one, or itself.
    func representative(of id: String) -> String? { representatives[id] }
}

extension CellResult {
    /// What cells of one kind have in common.
    fileprivate var likeness: [String] {
        [
            cell.bind.rawValue, cell.close.rawValue, cell.serverClose.rawValue, "\(cell.padding)",
            outcome.firstToClose.rawValue, outcome.ending.rawValue, outcome.timeWait.rawValue,
            outcome.serverSaw.rawValue, outcome.reconnect.bind.description,
            outcome.reconnect.connect?.description ?? "",
            // Whether bytes were lost says something; how many is chance.
            outcome.resetCause?.rawValue ?? "", outcome.bytesLost > 0 ? "lost" : "",
        ]
    }
}

extension CellRecording {
    /// Both conversations on one time line: what the cell's capture holds.
    var wholeRecording: Recording {
        Recording(
            cell.id, segments: segments + reconnectSegments, clientCalls: client.calls + reconnect.calls,
            serverCalls: serverCalls)
    }

    /// Where the second conversation begins.
    var secondRun: SequenceDiagram.Mark? {
        let start = (reconnect.calls.map(\.time) + reconnectSegments.map(\.time)).min()
        return start.map { SequenceDiagram.Mark(time: $0, text: "the same client again, at once") }
    }
}
