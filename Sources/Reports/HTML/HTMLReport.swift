package import Claims
import Mustache
import Recordings

/// The report as one page that needs nothing else: `report.html`.
package struct HTMLReport: Sendable {
    private let report: Report

    package init(_ report: Report) {
        self.report = report
    }

    /// The whole file.
    ///
    /// - Throws: What the templates' parser says, if they are wrong.
    package func text() throws -> String {
        let cells = DistinctCells(report.cells)
        let anchors = Anchors(report, cells)
        var page: [String: Any] = [
            "kernel": report.kernel, "style": StyleSheet.text,
            "done": ([TextReport.summary(report)] + Coverage(report).notes).joined(separator: " "),
            "sysctls": report.sysctls.sorted { $0.key < $1.key }.map { ["name": $0.key, "value": $0.value] },
            "failures": report.failures.map { ["id": $0.id, "reason": $0.reason] },
            "hasFailures": !report.failures.isEmpty,
        ]
        var sections: [(anchor: String, name: String)] = []
        func add(_ key: String, _ anchor: String, _ name: String, if isThere: Bool, _ context: () -> [String: Any]) {
            guard isThere else { return }
            page[key] = context()
            sections.append((anchor, name))
        }
        add("glance", "glance", "The matrix", if: !report.cells.isEmpty) { Glance(report).context }
        let remedies = report.remedies
        add("remedies", "remedies", "What to do", if: !remedies.isEmpty) { RemediesSection(remedies).context }
        add("ledger", "claims", "The claims", if: !report.verdicts.isEmpty) { Ledger(report, anchors).context }
        add("states", "states", "The states", if: !sections.isEmpty) { StatesSection(report, anchors).context }
        add("experiments", "experiments", "The experiments", if: !report.experiments.isEmpty) {
            ExperimentsSection(report, anchors).context
        }
        add("cells", "cells", "The cells", if: !cells.kinds.isEmpty) { CellsSection(cells).context }
        sections.append(("surroundings", "The surroundings"))
        page["sections"] = sections.map { ["anchor": $0.anchor, "name": $0.name] }
        guard let text = try PageTemplates.library().render(page, withTemplate: "page") else {
            throw LaboratoryError("the page has no template")
        }
        return text
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
