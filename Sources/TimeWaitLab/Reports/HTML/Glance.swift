/// The matrix for the first screen.
struct Glance {
    private let report: Report

    init(_ report: Report) {
        self.report = report
    }

    private static let columns = [
        "No bind()", "bind() to a fixed port", "… SO_REUSEADDR on the old socket", "… on the new socket", "… on both",
    ]

    var context: [String: Any] {
        let text = MatrixText(report.cells, width: .max)
        return [
            "caption": Self.caption, "columns": Self.columns, "rows": MatrixTable(report.cells).rows.map(row),
            "remarks": Array(text.remarks.prefix(2)),
        ]
    }

    private static let caption = """
        At the left, how the first conversation ended; TIME-WAIT: the side that holds it. At the right, what the same client met \
        that ran again at once, by how it chose its port: ✓ it connected, ✕ the call that failed, with its errno. \
        “+pad”: the server adds a padding frame to each answer. Timestamps: net.ipv4.tcp_timestamps.
        """

    private func row(_ row: MatrixTable.Row) -> [String: Any] {
        let entries = zip(Self.columns, row.entries).map { column, lines -> [String: Any] in
            ["column": column.replacing("… ", with: "fixed, "), "answers": Self.answers(lines)]
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
