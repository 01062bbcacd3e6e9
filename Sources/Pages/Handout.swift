import Claims
import Recordings
import Reports

/// What a run of a few names is about, at the head of its page and alone on paper: a claim, a cell or an experiment.
struct Handout {
    /// A run of more names is a report.
    private static let most = 4

    private let report: Report
    private let anchors: Anchors
    private let drawings: Drawings
    private let subjects: [Subject]

    private enum Subject {
        case claim(Verdict)
        case cell(CellResult)
        case experiment(ExperimentResult)
    }

    /// - Returns: nil where nothing, too much, or a pattern was asked for.
    init?(_ report: Report, asked: [String], _ anchors: Anchors, _ drawings: Drawings) {
        (self.report, self.anchors, self.drawings) = (report, anchors, drawings)
        subjects = asked.compactMap { name in
            if let claim = Claim.named(name) {
                return report.verdicts.first { $0.claim == claim }.map(Subject.claim)
            }
            return report.cells.first { $0.cell.id == name }.map(Subject.cell)
                ?? report.experiments.first { $0.id == name }.map(Subject.experiment)
        }
        guard (1...Self.most).contains(asked.count), subjects.count == asked.count else { return nil }
    }

    /// Of the page.
    var title: String {
        let names = subjects.map { subject in
            switch subject {
            case .claim(let verdict): verdict.claim.id
            case .cell(let result): result.cell.id
            case .experiment(let result): result.id
            }
        }
        return "\(names.joined(separator: ", ")) on Linux \(report.kernel)"
    }

    var markup: Markup {
        let several: Markup? = subjects.count > 1 ? "<h1>\(title)</h1>\n" : nil
        return "<div class=\"handout\">\(several)\(subjects.markup(section))\(SequenceDrawing.key)</div>"
    }

    /// One subject is the page's own.
    private func heading(_ text: String) -> Markup { subjects.count > 1 ? "<h2>\(text)</h2>" : "<h1>\(text)</h1>" }

    private func section(_ subject: Subject) -> Markup {
        switch subject {
        case .claim(let verdict): section(verdict)
        case .cell(let result): section(result)
        case .experiment(let result): section(result)
        }
    }

    private func notes(_ sentences: [String]) -> Markup {
        let words = ["On Linux \(report.kernel)."] + sentences
        return "<p class=\"lede\">\(words.joined(separator: " "))</p>"
    }

    private func section(_ verdict: Verdict) -> Markup {
        let (sign, style) = Sign.of(verdict.kind)
        return """
            <section><p class="lede">\(verdict.claim.id), from \(verdict.claim.source)</p>
            \(heading("“\(verdict.claim.text)”"))
            <p class="short"><span class="tag \(style)">\(sign) \(verdict.kind.words)</span> \
            \(verdict.answer ?? verdict.answerIsMissing ?? "")</p>
            \(Ledger.cases(verdict))
            <p>\(verdict.because)</p>
            <div class="lede">Seen in \(anchors.links(verdict.evidence))</div>
            \(notes(Coverage(report).notes(on: verdict.claim.id)))
            \(deciding(verdict))</section>

            """
    }

    /// The first recording that the verdict rests upon.
    private func deciding(_ verdict: Verdict) -> Markup {
        for id in verdict.evidence {
            if let result = report.cells.first(where: { $0.cell.id == id }) {
                return "<h2>\(id)</h2>\(story(result))"
            }
            if let result = report.experiments.first(where: { $0.id == id }), let first = result.recordings.first {
                return drawing(first, of: result)
            }
        }
        return ""
    }

    private func section(_ result: CellResult) -> Markup {
        """
        <section>\(heading(result.cell.id))
        \(story(result))\(notes(report.remarks))</section>

        """
    }

    private func story(_ result: CellResult) -> Markup {
        """
        <p class="short">\(result.outcome.sentence)</p>
        \(drawings.figure(RecordedFile(result)))
        \(CellsSection.commands(result.cell))
        """
    }

    private func section(_ result: ExperimentResult) -> Markup {
        let about = report.catalogue.first { $0.id == result.id }
        return """
            <section>\(heading(result.id))
            \(about.map { ExperimentsSection.description($0) })
            \(ExperimentsSection.findings(result))\(notes(report.remarks))
            \(result.recordings.markup { drawing($0, of: result) })</section>

            """
    }

    private func drawing(_ recording: Recording, of result: ExperimentResult) -> Markup {
        """
        <h2>\(result.id), \(recording.name)</h2>
        \(drawings.figure(RecordedFile(recording, of: result.id, in: CaptureFile.of(recording, in: result))))
        """
    }
}
