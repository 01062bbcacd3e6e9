import Recordings
import Text

extension SequenceDiagram {
    /// The diagram in words.
    var story: String {
        let events = rows.enumerated().flatMap { index, row in
            [words(row)].compactMap { $0 }
                + bands.filter { $0.start.row == index }.map { "the \($0.side.name) is in \($0.state)" }
        }
        return events.isEmpty ? "Nothing was recorded." : events.joined(separator: "; ") + "."
    }

    private func words(_ row: Row) -> String? {
        switch row.kind {
        case .crossing(let arrow):
            arrow.isInjected
                ? "the wire injects \(arrow.words) in the \(arrow.from.name)’s name"
                : "the \(arrow.from.name) sends \(arrow.words)"
        case .departure(let arrow): "the \(arrow.from.name) sends \(arrow.words), which waits"
        case .loss(let arrow, let fate):
            "the \(arrow.from.name) sends \(arrow.words), which is "
                + (fate == .absorbed ? "a copy and discarded" : fate == .held ? "held to the end" : "dropped")
        case .arrival(let arrow, _, let again):
            "the \(arrow.from.other.name) receives \(arrow.words)\(again ? " again" : "")"
        case .call(let side, let text):
            text.isFailure ? "the \(side.name)’s \(text.call) fails with \(text.result)" : nil
        case .omission(let count): "\(count) events are left out"
        case .heading(let text): text
        case .change: nil
        }
    }
}

extension SequenceDiagram.Arrow {
    fileprivate var words: String {
        payload > 0 ? "\(flags) with \(payload.grouped) byte\(payload == 1 ? "" : "s")" : flags
    }
}

extension Side {
    var name: String { self == .client ? "client" : "server" }
}
