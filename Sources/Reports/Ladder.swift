import Packets
import Recordings
import Stories
import Text

/// The segments of a recording as the rungs of a ladder between the states of both hosts.
struct Ladder {
    private let recording: Recording
    private let width: Int
    private let paint: Paint
    private static let stateWidth = 12

    init(_ recording: Recording, width: Int, paint: Paint) {
        (self.recording, self.width, self.paint) = (recording, min(width, 100), paint)
    }

    /// - Parameter most: How many lines it may take; what has no room is counted in the last one.
    func lines(most: Int) -> [String] {
        let space = SequenceSpace(recording.segments)
        let head = TextLayout.pad("client", width - Self.stateWidth) + "server"
        let rungs = recording.segments.map { rung($0, SegmentText($0, in: space)) }
        guard rungs.count + 1 > most else { return [head] + rungs }
        let shown = max(0, most - 2)
        return [head] + rungs.prefix(shown)
            + ["… \(counted(rungs.count - shown, "segment")) more: --output DIR draws them all"]
    }

    private func rung(_ captured: CapturedSegment, _ text: SegmentText) -> String {
        let states = captured.deliveries.last?.after ?? captured.states
        let isReset = captured.segment.flags.contains(.rst)
        return TextLayout.pad("\(states.state(.client))", Self.stateWidth)
            + paint(arrow(captured, text), isReset ? .red : .plain) + " \(states.state(.server))"
    }

    private func arrow(_ captured: CapturedSegment, _ text: SegmentText) -> String {
        let room = width - 2 * Self.stateWidth - 1
        var label = [text.flags, text.content ?? text.numbers]
        if captured.origin == .wire { label.append("forged") }
        if captured.deliveries.count > 1 { label.append("\(captured.deliveries.count) times") }
        let words = " \(cut(label.joined(separator: " "), to: room - 10)) "
        // A segment that does not arrive ends on its way.
        let tip = captured.deliveries.isEmpty ? "x" : captured.from == .client ? ">" : "<"
        let shaft = String(repeating: "-", count: max(1, room - columns(of: words) - 3))
        return captured.from == .client ? "--\(words)\(shaft)\(tip)" : "\(tip)\(shaft)\(words)--"
    }
}
