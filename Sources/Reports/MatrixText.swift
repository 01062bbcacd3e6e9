import Claims
package import Recordings
import TCPSockets
import Text

/// The matrix for a person's eyes: a grid, and what the grid does not say.
package struct MatrixText {
    private let results: [CellResult]
    private let width: Int

    package init(_ results: [CellResult], width: Int) {
        self.results = results
        self.width = width
    }

    /// The lines of the grid: a heading, a rule, and the rows.
    ///
    /// - Parameter contradictions: The claims that each entry names. Without, more rows are alike.
    func grid(_ paint: Paint = Paint(hasColour: false), _ contradictions: Contradictions) -> [String] {
        var grid = Grid(width: width, paint: paint) { line in
            if line.hasPrefix("≠") { return .yellow }
            if line == "ok" { return .green }
            return line.hasPrefix("bind ") || line.hasPrefix("connect ") ? .red : .plain
        }
        grid.add([
            ["client", "closes by"], ["server", "closes"], ["first", "to close"], ["ends", "with"], ["TIME-", "WAIT"],
            ["implicit", "bind"], ["explicit", "bind"], ["+REUSE", "on old"], ["+REUSE", "on new"],
            ["+REUSE", "on both"],
        ])
        for row in MatrixTable(results, contradictions).rows {
            let end = [row.ending] + MatrixTable.mark(row.contradicts)
            grid.add(
                [row.closes, row.serverCloses, [row.firstToClose], end, [row.timeWait]]
                    + row.entries.map { answers in
                        let lines = answers.flatMap { $0.lines + MatrixTable.mark($0.contradicts) }
                        return lines.isEmpty ? ["-"] : lines
                    })
        }
        let blocks = grid.blocks
        return blocks[0] + [grid.rule] + Array(blocks.dropFirst().joined(separator: [""]))
    }

    /// How to read it.
    static let legend = """
        The five columns at the right: the same client, run again at once: ok, or the call that failed \
        and its errno. REUSE: SO_REUSEADDR, set by the old client, the new one, or both. TIME-WAIT: the side that \
        holds it. ts: TCP timestamps (net.ipv4.tcp_timestamps). +pad: the server adds a padding frame to each answer. ≠: \
        contradicts these claims as their authors put them.
        """

    /// The same without what a short report leaves out.
    static let shortLegend = """
        At the right: the same client, run again at once. REUSE: SO_REUSEADDR, set by the old client, the new one, \
        or both. ts: TCP timestamps.
        """

    /// One sentence each on what the grid has no column for.
    package var remarks: [String] {
        [
            Twins.families(results).sentence("IPv6 differs from IPv4"),
            Twins.timestamps(results).sentence("Timestamps off differs from timestamps on"),
            summary("The server saw", of: { $0.serverSaw.rawValue }),
            summary("Bytes lost:", of: { "\($0.bytesLost)" }),
            summary("Cause of the RST:", of: { $0.ending == .rst ? $0.resetCause?.rawValue ?? "not counted" : nil }),
            freeAfter,
        ].compactMap { $0 }
    }

    /// What there is of a property, the most frequent first; by the names of its cells where it is not the same in all.
    private func summary(_ subject: String, of property: (Outcome) -> String?) -> String? {
        let values = results.compactMap { result in property(result.outcome).map { (result.cell, $0) } }
        let groups = Dictionary(grouping: values) { $0.1 }.sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        guard let first = groups.first else { return nil }
        if groups.count == 1 {
            return "\(subject) \(first.key) in \(values.count == 1 ? "the only cell" : "all \(values.count) cells")."
        }
        let parts = groups.map { group in
            let strategies = Set(group.value.map(\.0.close))
            let isWhole = values.filter { strategies.contains($0.0.close) }.count == group.value.count
            let names =
                isWhole ? strategies.map(\.rawValue).sorted().joined(separator: ", ") : group.value.map(\.0).summary
            return "\(group.key) in \(group.value.count) (\(names))"
        }
        return "\(subject) \(parts.joined(separator: "; "))."
    }

    private var freeAfter: String? {
        let seconds = results.compactMap(\.recording.freeAfter)
        guard let least = seconds.min(), let most = seconds.max() else { return nil }
        let range = "\(Duration.seconds(least).inTenths) to \(Duration.seconds(most).inTenths) s"
        return "Ports that were not free at once were free after \(range) (\(seconds.count) cells)."
    }
}
