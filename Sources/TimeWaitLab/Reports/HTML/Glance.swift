/// The matrix for the first screen.
struct Glance {
    private let report: Report

    init(_ report: Report) {
        self.report = report
    }

    private static let columns = [
        "no bind(), any port", "bind() to a fixed port", "… with SO_REUSEADDR on the old socket",
        "… with SO_REUSEADDR on the new socket", "… with SO_REUSEADDR on both",
    ]

    var context: [String: Any] {
        let text = MatrixText(report.cells, width: .max)
        return [
            "caption": Self.caption, "columns": Self.columns, "rows": MatrixTable(report.cells).rows.map(row),
            "remarks": Array(text.remarks.prefix(2)),
        ]
    }

    private static let caption = """
        At the left, how the first conversation ended, and which side then holds TIME-WAIT. At the right, what the same \
        client met when it ran again at once, by its port: ✓ it connected, or ✕ the call that failed and its errno. ≠: contrary to \
        these claims, as their authors put them. +pad: the server adds a padding frame to each answer.
        """

    private func row(_ row: MatrixTable.Row) -> [String: Any] {
        let entries = zip(Self.columns, row.entries).map { column, answers -> [String: Any] in
            ["column": column.replacing("… ", with: "fixed port, "), "answers": answers.map(answer)]
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
