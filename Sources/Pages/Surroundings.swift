import Claims
import Recordings

/// The kernel's settings, and what could not be carried out.
struct Surroundings {
    private let report: Report

    init(_ report: Report) {
        self.report = report
    }

    var markup: Markup {
        """
        <section id="surroundings" aria-labelledby="surroundings-title">
        <h2 id="surroundings-title">The kernel settings</h2>
        <table><caption>Settings of a new host, Linux \(report.kernel)</caption>
        <thead><tr><th scope="col">Setting</th><th scope="col">Value</th></tr></thead>
        <tbody>\(report.sysctls.sorted { $0.key < $1.key }.markup(parameter))</tbody></table>
        \(report.failures.isEmpty ? nil : failures)
        </section>
        """
    }

    private func parameter(_ name: String, _ value: String) -> Markup {
        "<tr><th scope=\"row\"><code>\(name)</code></th><td>\(value)</td></tr>"
    }

    private var failures: Markup {
        """
        <h3>What could not run</h3>
        <ul>\(report.failures.markup { "<li><strong>\($0.id)</strong>: \($0.reason)</li>" })</ul>
        """
    }
}
