import Claims
import Recordings
import Reports
import Text

/// The matrix for the first screen.
struct Glance {
    private let report: Report
    private let anchors: Anchors

    init(_ report: Report, _ anchors: Anchors) {
        (self.report, self.anchors) = (report, anchors)
    }

    /// The head of each column, and what stands beside an entry where there are no columns.
    private static let columns: [(head: String, label: String)] = [
        ("no bind()", "no bind()"), ("bind() to a fixed port", "bind() to a fixed port"),
        ("SO_REUSEADDR on the old socket", "fixed port, SO_REUSEADDR on the old socket"),
        ("SO_REUSEADDR on the new socket", "fixed port, SO_REUSEADDR on the new socket"),
        ("SO_REUSEADDR on both sockets", "fixed port, SO_REUSEADDR on both sockets"),
    ]

    var markup: Markup {
        """
        <section id="glance" aria-labelledby="glance-title">
        <h2 id="glance-title">The matrix at a glance</h2>
        <table class="matrix cards">
        <caption>\(Self.caption) \
        <details class="more"><summary>How to read it</summary>\(Self.explanation)</details></caption>
        <thead><tr><th scope="col">First to close</th><th scope="col">Ends with</th><th scope="col">TIME-WAIT</th>\
        <th scope="col">The client closes by</th>\
        \(Self.columns.markup { "<th scope=\"col\">\($0.head)</th>" })</tr></thead>
        <tbody>\(MatrixRow.all(report.cells, report.contradictions).markup(row))</tbody></table>
        <div class="lede">\(MatrixText(report.cells, width: .max).remarks.prefix(2).markup(remark))</div>
        </section>
        """
    }

    private static let caption = """
        The same client, run again at once: ✓ it connected; ✕ the call that failed and its errno. ≠ contradicts these claims.
        """

    private static let explanation = """
        On the left: how the first connection ended, and which side then holds TIME-WAIT. On the right: how the client \
        reconnected, by its port; without bind() the kernel chooses it. Ways to close with equal results share a row. Claims \
        are taken as written. +pad: the server adds a padding frame to each answer.
        """

    /// A sentence, and folded the names of cells that it may end with.
    private func remark(_ sentence: String) -> Markup {
        let parts = sentence.split(separator: ": ", maxSplits: 1)
        guard parts.count > 1 else { return "\(sentence) " }
        return "\(parts[0]): <details class=\"more\"><summary>which</summary>\(parts[1])</details> "
    }

    private func row(_ row: MatrixRow) -> Markup {
        let style = row.timeWait == "none" ? "none" : "S-TIME-WAIT"
        return """
            <tr><th scope="row" data-label="First to close">\(row.firstToClose)</th>\
            <td data-label="Ends with">\(row.ending) \(contradicted(row.contradicts))</td>\
            <td data-label="TIME-WAIT"><span class="tag \(style)">\(row.timeWait)</span></td>\
            <td data-label="The client closes by">\(row.ways.markup { way($0, isOnly: row.ways.count == 1) })\
            <small>\(counted(row.count, "cell"))</small></td>\
            \(zip(Self.columns, row.entries).markup { entry($1, in: $0.label) })</tr>

            """
    }

    private func way(_ way: MatrixRow.Way, isOnly: Bool) -> Markup {
        """
        <div><strong>\(way.closes.joined(separator: ", "))</strong> \
        <small>(server \(way.serverCloses.joined(separator: " or ")))</small> \(isOnly ? nil : contradicted(way.contradicts))</div>
        """
    }

    private func entry(_ answers: [MatrixTable.Answer], in column: String) -> Markup {
        "<td class=\"e\" data-label=\"\(column)\">\(answers.isEmpty ? "–" : answers.markup(answer))</td>"
    }

    private func answer(_ answer: MatrixTable.Answer) -> Markup {
        let (sign, style) = Sign.of(answer.text == "ok")
        let circumstances = answer.circumstances.replacing("ts o", with: "timestamps o")
        let condition: Markup = circumstances.isEmpty ? "" : "<small>\(circumstances):</small> "
        return """
            <div class="met"><span class="answer \(style)">\(condition)\(sign) \(answer.text)</span>\
            \(contradicted(answer.contradicts))</div>
            """
    }

    /// Links to the ledger, which say what is claimed; nil where no claim is contradicted.
    private func contradicted(_ claims: [String]) -> Markup? {
        if claims.isEmpty { return nil }
        return """
            <small class="contradicted"><abbr title="contradicts">≠</abbr> \
            \(claims.markup { "\(anchors.claimLink($0)) " })</small>
            """
    }
}
