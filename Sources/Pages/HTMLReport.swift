package import Claims
import Recordings
import Reports

/// The report as one page that needs nothing else: `report.html`.
package struct HTMLReport: Sendable {
    private let report: Report
    private let asked: [String]
    private let drawings: Drawings

    /// - Parameter asked: The names that the run was asked for. A page of a few claims, cells or experiments begins with these.
    package init(_ report: Report, asked: [String] = []) {
        self.init(report, asked: asked, drawings: Drawings())
    }

    init(_ report: Report, asked: [String], drawings: Drawings) {
        (self.report, self.asked, self.drawings) = (report, asked, drawings)
    }

    /// The whole file.
    package func text() async throws -> String {
        let cells = DistinctCells(report.cells)
        let anchors = Anchors(report, cells)
        let sections = try await sections(cells, anchors)
        let handout = Handout(report, asked: asked, anchors, drawings)
        let all: Markup = "\(index(sections, anchors))<main id=\"main\">\(sections.markup { "\($0.markup)\n" })</main>"
        let body: Markup =
            if let handout {
                """
                \(handout.markup)
                <details class="rest"><summary>The whole run: matrix, claims, every drawing</summary>
                \(all)</details>
                """
            } else {
                """
                <header>
                <h1>Who closes first, how, and what does that do to the port?</h1>
                \(Headline(report, anchors).markup)
                <p class="lede">\(done)</p>
                </header>
                \(all)
                """
            }
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(handout?.title ?? "TIME-WAIT on Linux \(report.kernel)")</title>
            <style>\(StyleSheet.markup)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            \(body)
            \(report.cells.isEmpty ? nil : CellTable.script)
            </body>
            </html>

            """
        return page.source
    }

    private var done: String { ([TextReport.summary(report)] + Coverage(report).notes).joined(separator: " ") }

    /// It stays at the top of the window.
    private func index(_ sections: [Section], _ anchors: Anchors) -> Markup {
        let links = sections.markup { section in
            let parts: Markup? = section.anchor == "claims" ? Ledger.index(report) : nil
            return "<li>\(Anchors.link(section.name, to: section.anchor))\(parts)</li>"
        }
        return "<nav aria-label=\"Sections\" class=\"index\"><ul>\(links)</ul></nav>\n"
    }

    private struct Section: Sendable {
        let anchor, name: String
        let markup: Markup
    }

    /// Those that there is something to say in.
    private func sections(_ cells: DistinctCells, _ anchors: Anchors) async throws -> [Section] {
        let (report, drawings, remedies) = (report, drawings, report.remedies)
        let hasRecordings =
            !report.experiments.isEmpty || report.failures.contains(where: { !$0.recordings.isEmpty })
        let isEmpty = report.cells.isEmpty && report.verdicts.isEmpty
        typealias Part = (isThere: Bool, anchor: String, name: String, markup: @Sendable () -> Markup)
        let parts: [Part] = [
            (!report.cells.isEmpty, "glance", "The matrix", { Glance(report, anchors).markup }),
            (!isEmpty, "states", "The states", { StatesSection(report, anchors).markup }),
            (!remedies.isEmpty, "remedies", "The remedies", { RemediesSection(report).markup }),
            (!report.verdicts.isEmpty, "claims", "The claims", { Ledger(report, anchors).markup }),
            (
                hasRecordings, "experiments", "The experiments",
                { ExperimentsSection(report, anchors, drawings).markup }
            ),
            (!cells.kinds.isEmpty, "cells", "The cells", { CellsSection(report, cells, drawings).markup }),
            (true, "surroundings", "The kernel settings", { Surroundings(report).markup }),
        ]
        let made = try await inParallel(parts.filter(\.isThere)) { part in
            Section(anchor: part.anchor, name: part.name, markup: part.markup())
        }
        // The states come behind the claims on the page; they are among the slow ones, and so are made early.
        let order = ["glance", "remedies", "claims", "states", "experiments", "cells", "surroundings"]
        return order.compactMap { anchor in made.first { $0.anchor == anchor } }
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
