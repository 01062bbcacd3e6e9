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
        client met when it ran again at once, by its port: ✓ it connected, or ✕ the call that failed and its errno. +pad: the \
        server adds a padding frame to each answer.
        """

    private func row(_ row: MatrixTable.Row) -> [String: Any] {
        let entries = zip(Self.columns, row.entries).map { column, lines -> [String: Any] in
            ["column": column.replacing("… ", with: "fixed port, "), "answers": Self.answers(lines)]
        }
        return [
            "closes": row.closes.joined(separator: ", "), "serverCloses": row.serverCloses.joined(separator: " or "),
            "firstToClose": row.firstToClose, "ending": row.ending, "timeWait": row.timeWait,
            "timeWaitClass": row.timeWait == "none" ? "none" : "S-TIME-WAIT", "entries": entries,
        ]
    }

    /// From the lines of an entry, of which some are circumstances and end with a colon.
    private static func answers(_ lines: [String]) -> [[String: Any]] {
        var condition: String?
        var answers: [[String: Any]] = []
        for line in lines {
            if line.hasSuffix(":") {
                condition = String(line.dropLast()).replacing("ts o", with: "timestamps o")
                continue
            }
            let (sign, style) = Sign.of(line == "ok")
            var answer: [String: Any] = ["sign": sign, "class": style, "text": line]
            answer["condition"] = condition
            answers.append(answer)
            condition = nil
        }
        return answers
    }
}
