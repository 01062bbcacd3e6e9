import Claims
import Recordings
import Reports
import Text

/// The experiments, each with its findings and a drawing of every variant.
struct ExperimentsSection {
    private let report: Report
    private let anchors: Anchors
    private let drawings: Drawings
    private let descriptions: [String: ExperimentDescription]

    init(_ report: Report, _ anchors: Anchors, _ drawings: Drawings) {
        (self.report, self.anchors, self.drawings) = (report, anchors, drawings)
        descriptions = Dictionary(report.catalogue.map { ($0.id, $0) }) { first, _ in first }
    }

    var markup: Markup {
        let failed = report.failures.filter { !$0.recordings.isEmpty }
        return """
            <section id="experiments" aria-labelledby="experiments-title">
            <h2 id="experiments-title">The experiments</h2>
            \(SequenceDrawing.key)
            \(report.experiments.markup(experiment))\(failed.markup(failure))\
            </section>
            """
    }

    /// What was recorded before it failed, in place of what it would have found.
    private func failure(_ failure: RunFailure) -> Markup {
        let result = ExperimentResult(failure.id, [], recordings: failure.recordings)
        return section(
            result, lede: "Could not run: \(failure.reason)",
            recordings: failure.recordings.markup {
                recording($0, of: result, in: CaptureFile.of($0, in: failure))
            })
    }

    private func experiment(_ result: ExperimentResult) -> Markup {
        section(
            result, lede: descriptions[result.id]?.claimed.firstSentence.first ?? "",
            recordings: result.recordings.markup { recording($0, of: result, in: CaptureFile.of($0, in: result)) })
    }

    private func section(_ result: ExperimentResult, lede: String, recordings: Markup) -> Markup {
        let about = descriptions[result.id]
        let claims = Claim.all.map(\.id).filter { id in
            about?.claims.contains(id) ?? result.findings.contains { $0.claim == id }
        }
        return """
            <details><summary><h3>\(result.id)</h3> \
            <span class="lede">\(lede)</span></summary>
            <div class="body" id="\(Anchors.experiment(result.id))">
            \(about.map(Self.description))<dl><dt>Claims</dt><dd>\(anchors.claimLinks(claims))</dd></dl>
            \(Self.findings(result))
            \(result.figures.isEmpty ? nil : figures(of: result))
            \(recordings)</div></details>

            """
    }

    static func description(_ about: ExperimentDescription) -> Markup {
        let parts = [("Claimed", about.claimed), ("Done", about.done), ("Look for", about.lookFor)]
        return "<dl>\(parts.markup { "<dt>\($0)</dt><dd>\($1)</dd>" })</dl>"
    }

    static func findings(_ result: ExperimentResult) -> Markup {
        "<ul class=\"findings\">\(result.findings.markup(finding))\(result.untestable.markup(untestable))</ul>"
    }

    private static func finding(_ finding: Finding) -> Markup {
        let (sign, style) = Sign.of(finding.holds)
        let condition = finding.condition.map { "(\($0)) " } ?? ""
        let word = finding.holds ? "holds" : "does not hold"
        return """
            <li><span class="tag \(style)">\(sign) \(finding.claim) \(word)</span> \(condition)\(finding.because)</li>
            """
    }

    private static func untestable(_ untestable: Untestable) -> Markup {
        let (sign, style) = Sign.of(Verdict.Kind.notTestable)
        return """
            <li><span class="tag \(style)">\(sign) \(untestable.claim) not testable</span> \(untestable.because)</li>
            """
    }

    private func figures(of result: ExperimentResult) -> Markup {
        """
        <table class="cards"><caption>Figures of \(result.id)</caption>\
        <thead><tr><th scope="col">Figure</th><th scope="col">Value</th></tr></thead>\
        <tbody>\(result.figures.markup { "<tr><th scope=\"row\">\($0.name)</th><td>\($0.value)</td></tr>" })\
        </tbody></table>
        """
    }

    private func recording(_ recording: Recording, of result: ExperimentResult, in capture: String) -> Markup {
        let count = recording.segments.count
        return """
            <details class="inner"><summary><h4>\(recording.name)</h4> \
            <span class="lede">\(counted(count, "segment"))</span></summary>
            <div class="body" id="\(Anchors.recording(recording.name, of: result.id))">
            \(drawings.figure(RecordedFile(recording, of: result.id, in: capture)))</div></details>

            """
    }
}
