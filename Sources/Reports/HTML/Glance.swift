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

    var context: [String: Any] {
        let text = MatrixText(report.cells, width: .max)
        return [
            "caption": Self.caption, "explanation": Self.explanation, "columns": Self.columns.map(\.head),
            "rows": MatrixTable(report.cells).rows.map(row),
            "remarks": text.remarks.prefix(2).map(remark),
        ]
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

    /// A sentence, and apart from it the names of cells that it may end with.
    private func remark(_ sentence: String) -> [String: Any] {
        let parts = sentence.split(separator: ": ", maxSplits: 1).map(String.init)
        return ["text": parts[0], "names": parts.count > 1 ? parts[1] : false]
    }

    private func row(_ row: MatrixTable.Row) -> [String: Any] {
        let entries = zip(Self.columns, row.entries).map { column, answers -> [String: Any] in
            ["column": column.label, "answers": answers.map(answer)]
        }
        var context: [String: Any] = [
            "closes": row.closes.joined(separator: ", "), "serverCloses": row.serverCloses.joined(separator: " or "),
            "firstToClose": row.firstToClose, "ending": row.ending, "timeWait": row.timeWait,
            "timeWaitClass": row.timeWait == "none" ? "none" : "S-TIME-WAIT", "entries": entries,
        ]
        context["contradicted"] = contradicted(row.contradicts)
        return context
    }

    private func answer(_ answer: MatrixTable.Answer) -> [String: Any] {
        let (sign, style) = Sign.of(answer.text == "ok")
        var context: [String: Any] = ["sign": sign, "class": style, "text": answer.text]
        if !answer.circumstances.isEmpty {
            context["condition"] = answer.circumstances.replacing("ts o", with: "timestamps o")
        }
        context["contradicted"] = contradicted(answer.contradicts)
        return context
    }

    /// Links to the ledger. Where no claim is contradicted this says so: a template looks for what is missing further out.
    private func contradicted(_ claims: [String]) -> Any {
        claims.isEmpty ? false : ["claims": claims.map { ["id": $0, "target": Anchors.claim($0)] }]
    }
}
