import Claims
import Recordings
import Text

/// The experiments, each with its findings and a drawing of every variant.
struct ExperimentsSection {
    private let report: Report
    private let anchors: Anchors
    private let descriptions: [String: ExperimentDescription]

    init(_ report: Report, _ anchors: Anchors) {
        self.report = report
        self.anchors = anchors
        descriptions = Dictionary(report.catalogue.map { ($0.id, $0) }) { first, _ in first }
    }

    var context: [String: Any] {
        ["key": PageTemplates.key, "experiments": report.experiments.map(experiment)]
    }

    private func experiment(_ result: ExperimentResult) -> [String: Any] {
        let about = descriptions[result.id]
        let description = [("Claimed", about?.claimed), ("Done", about?.done), ("Look for", about?.lookFor)]
        let claims = Claim.all.map(\.id).filter { id in
            about?.claims.contains(id) ?? result.findings.contains { $0.claim == id }
        }
        return [
            "id": result.id, "anchor": Anchors.experiment(result.id),
            "claimed": about?.claimed.firstSentence.first ?? "",
            "description": description.compactMap { name, text in text.map { ["name": name, "text": $0] } },
            "claims": anchors.claimLinks(claims), "findings": result.findings.map(finding),
            "figures": result.figures.map { ["name": $0.name, "value": $0.value] },
            "hasFigures": !result.figures.isEmpty, "recordings": result.recordings.map { recording($0, of: result) },
        ]
    }

    private func finding(_ finding: Finding) -> [String: Any] {
        let (sign, style) = Sign.of(finding.holds)
        let condition = finding.condition.map { "(\($0)) " } ?? ""
        return [
            "sign": sign, "class": style, "claim": finding.claim, "word": finding.holds ? "holds" : "does not hold",
            "text": condition + finding.because,
        ]
    }

    private func recording(_ recording: Recording, of result: ExperimentResult) -> [String: Any] {
        let title = "\(result.id), \(recording.name): segments, calls and states in order"
        let count = recording.segments.count
        return [
            "name": recording.name, "anchor": Anchors.recording(recording.name, of: result.id), "title": title,
            "segments": "\(count.grouped) segment\(count == 1 ? "" : "s")",
            "drawing": SequenceDrawing(SequenceDiagram(recording)).svg(title: title),
            "capture": CaptureFile.of(recording, in: result),
        ]
    }
}
