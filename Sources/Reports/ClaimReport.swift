package import Claims
import Recordings
import Text

/// What a person sees of a run for some claims: of each the answer, the verdict with its reasons, and the recording that decides.
package struct ClaimReport: Sendable {
    private let report: Report
    private let claims: [String]
    private let width: Int
    private let paint: Paint
    /// No claim takes more lines than these.
    private static let most = 60

    /// - Parameters:
    ///   - claims: Their identifiers, in the order in which they are shown.
    ///   - width: How long a line may be.
    package init(_ report: Report, claims: [String], width: Int = TextLayout.width, hasColour: Bool = false) {
        (self.report, self.claims, self.width) = (report, claims, width)
        paint = Paint(hasColour: hasColour)
    }

    package var text: String {
        let failures = report.failures.map { cut("Could not be carried out: \($0.id): \($0.reason)", to: width) }
        return (claims.map(lines) + (failures.isEmpty ? [] : [failures]))
            .map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func lines(_ id: String) -> [String] {
        guard let verdict = report.verdicts.first(where: { $0.claim.id == id }) else {
            return paragraph("\(id): nothing that was run bears on it.")
        }
        var lines = paragraph(verdict.answer ?? verdict.answerIsMissing ?? "").map { paint($0, .bold) }
        lines += ["", "claim     \(id)"] + hanging("claimed   ", "“\(verdict.claim.text)”")
        lines += hanging("verdict   ", verdict.kind.rawValue + (verdict.condition.map { ": \($0)" } ?? ""))
        for exception in verdict.exceptions { lines += hanging("exception ", exception) }
        lines += hanging("because   ", verdict.because)
        lines += ladders(deciding(verdict), most: Self.most - lines.count - 1)
        if let rest = verdict.evidence.dropFirst().first {
            let others = verdict.evidence.count - 1
            lines.append(
                cut("Seen in \(rest)\(others > 1 ? " and \(others - 1) more" : "") too: --verbose.", to: width))
        }
        return lines
    }

    /// The first of the evidence of which there is a recording; of a cell both conversations.
    private func deciding(_ verdict: Verdict) -> [(name: String, recording: Recording)] {
        for id in verdict.evidence {
            if let cell = report.cells.first(where: { $0.cell.id == id })?.recording {
                let second = Recording(
                    id, segments: cell.reconnectSegments, clientCalls: cell.reconnect.calls, serverCalls: [])
                return [(id, cell.recording)] + (second.segments.isEmpty ? [] : [("the same client again", second)])
            }
            if let recording = report.experiments.first(where: { $0.id == id })?.recordings.first {
                return [("\(id), \(recording.name)", recording)]
            }
        }
        return []
    }

    private func ladders(_ recordings: [(name: String, recording: Recording)], most: Int) -> [String] {
        var lines: [String] = []
        for (name, recording) in recordings where most - lines.count > 4 {
            let ladder = Ladder(recording, width: width, paint: paint)
            lines += ["", paint(name, .bold)] + ladder.lines(most: most - lines.count - 2)
        }
        return lines
    }

    private func paragraph(_ text: String) -> [String] { TextLayout.paragraph(text, width: width, indent: 0) }

    private func hanging(_ name: String, _ text: String) -> [String] {
        TextLayout.hanging(name + text, indent: 10, width: width)
    }
}
