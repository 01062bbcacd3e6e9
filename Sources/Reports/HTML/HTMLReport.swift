package import Claims
import Recordings

/// The report as one page that needs nothing else: `report.html`.
package struct HTMLReport: Sendable {
    private let report: Report

    package init(_ report: Report) {
        self.report = report
    }

    /// The whole file.
    package func text() -> String {
        let sections = sections
        let links = sections.markup { "<li>\(Anchors.link($0.name, to: $0.anchor))</li>" }
        let done = ([TextReport.summary(report)] + Coverage(report).notes).joined(separator: " ")
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>What Linux \(report.kernel) makes of TIME-WAIT</title>
            <style>\(StyleSheet.markup)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            <header>
            <h1>Who closes first, how, and what does that do to the port?</h1>
            <p class="lede">What Linux \(report.kernel) answers. \(done)</p>
            <nav aria-label="Sections"><ul>\(links)</ul></nav>
            </header>
            <main id="main">
            \(sections.markup { "\($0.markup)\n" })\
            </main>
            </body>
            </html>

            """
        return page.source
    }

    private typealias Section = (anchor: String, name: String, markup: Markup)

    /// Those that there is something to say in.
    private var sections: [Section] {
        let cells = DistinctCells(report.cells)
        let anchors = Anchors(report, cells)
        let remedies = report.remedies
        var sections: [Section] = []
        if !report.cells.isEmpty { sections.append(("glance", "The matrix", Glance(report).markup)) }
        if !remedies.isEmpty { sections.append(("remedies", "What to do", RemediesSection(remedies).markup)) }
        if !report.verdicts.isEmpty { sections.append(("claims", "The claims", Ledger(report, anchors).markup)) }
        if !sections.isEmpty { sections.append(("states", "The states", StatesSection(report, anchors).markup)) }
        if !report.experiments.isEmpty || report.failures.contains(where: { !$0.recordings.isEmpty }) {
            sections.append(("experiments", "The experiments", ExperimentsSection(report, anchors).markup))
        }
        if !cells.kinds.isEmpty { sections.append(("cells", "The cells", CellsSection(cells).markup)) }
        sections.append(("surroundings", "The surroundings", Surroundings(report).markup))
        return sections
    }
}

/// The signs and colours of verdicts and answers: a sign, a word and a colour always go together.
enum Sign {
    static func of(_ kind: Verdict.Kind) -> (sign: String, style: String) {
        switch kind {
        case .confirmed: ("✓", "good")
        case .refuted: ("✕", "bad")
        case .conditional: ("◐", "cond")
        case .notTestable: ("–", "none")
        }
    }

    static func of(_ port: Remedy.FixedPort) -> (sign: String, style: String) {
        switch port {
        case .free, .notNeeded: of(true)
        case .held: of(false)
        case .withTimestamps, .withoutTimestamps: of(.conditional)
        }
    }

    static func of(_ holds: Bool) -> (sign: String, style: String) { holds ? ("✓", "good") : ("✕", "bad") }
}
