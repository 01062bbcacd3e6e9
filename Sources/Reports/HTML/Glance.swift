import Claims

/// The matrix for the first screen.
struct Glance {
    private let report: Report

    init(_ report: Report) {
        self.report = report
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
        <thead><tr><th scope="col">Client closes by</th><th scope="col">Server closes</th>\
        <th scope="col">First to close</th><th scope="col">Ends with</th><th scope="col">TIME-WAIT</th>\
        \(Self.columns.markup { "<th scope=\"col\">\($0.head)</th>" })</tr></thead>
        <tbody>\(MatrixTable(report.cells).rows.markup(row))</tbody></table>
        <div class="lede">\(MatrixText(report.cells, width: .max).remarks.prefix(2).markup(remark))</div>
        </section>
        """
    }

    private static let caption = """
        What the same client met when it ran again at once: ✓ it connected, or ✕ the call that failed and its errno. \
        ≠: contrary to these claims.
        """

    private static let explanation = """
        At the left, how the first conversation ended, and which side then holds TIME-WAIT; at the right, how the second \
        one began, by the client’s port, which the kernel chooses where there is no bind(). The claims are taken as their \
        authors put them. +pad: the server adds a padding frame to each answer.
        """

    /// A sentence, and folded the names of cells that it may end with.
    private func remark(_ sentence: String) -> Markup {
        let parts = sentence.split(separator: ": ", maxSplits: 1)
        guard parts.count > 1 else { return "\(sentence) " }
        return "\(parts[0]): <details class=\"more\"><summary>which</summary>\(parts[1])</details> "
    }

    private func row(_ row: MatrixTable.Row) -> Markup {
        let style = row.timeWait == "none" ? "none" : "S-TIME-WAIT"
        return """
            <tr><th scope="row">\(row.closes.joined(separator: ", "))</th>\
            <td data-label="The server closes">\(row.serverCloses.joined(separator: " or "))</td>\
            <td data-label="First to close">\(row.firstToClose)</td>\
            <td data-label="Ends with">\(row.ending) \(contradicted(row.contradicts))</td>\
            <td data-label="TIME-WAIT"><span class="tag \(style)">\(row.timeWait)</span></td>\
            \(zip(Self.columns, row.entries).markup { entry($1, in: $0.label) })</tr>

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

    /// Links to the ledger; nil where no claim is contradicted.
    private func contradicted(_ claims: [String]) -> Markup? {
        if claims.isEmpty { return nil }
        return """
            <small class="contradicted"><abbr title="contrary to">≠</abbr> \
            \(claims.markup { "\(Anchors.link($0, to: Anchors.claim($0))) " })</small>
            """
    }
}
