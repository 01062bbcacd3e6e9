import Claims
import TCPSockets
import Text

/// The table that a practitioner wants: remedies that do the same are one row.
struct RemediesSection {
    private let remedies: [Remedy]
    private let losses: [Double]

    init(_ report: Report) {
        remedies = report.remedies.inOrderOfHarm
        losses = report.experiments.flatMap(\.measures).filter {
            [.bytesLostOnce, .bytesLostToSlowReader, .bytesLostToTalkingPeer].contains($0.quantity) && $0.value > 0
        }.map(\.value)
    }

    private struct Row {
        var remedies: [Remedy]
        /// All but the name.
        let entries: [String]
    }

    private var rows: [Row] {
        remedies.reduce(into: []) { rows, remedy in
            let entries = remedy.entries.dropFirst().map(Self.withoutChance)
            if let index = rows.firstIndex(where: { $0.entries == entries }) {
                rows[index].remedies.append(remedy)
            } else {
                rows.append(Row(remedies: [remedy], entries: entries))
            }
        }
    }

    /// How many bytes were lost, or milliseconds waited, differs from run to run: what matters is that some were.
    private static func withoutChance(_ entry: String) -> String { entry.hasPrefix("yes: ") ? "yes" : entry }

    var markup: Markup {
        """
        <section id="remedies" aria-labelledby="remedies-title">
        <h2 id="remedies-title">The remedies, least harmful first</h2>
        <table class="cards remedies">
        <caption>\(caption)</caption>
        <thead><tr>\(Remedy.headings.markup { "<th scope=\"col\">\($0)</th>" })</tr></thead>
        <tbody>\(rows.markup(row))</tbody></table>
        </section>
        """
    }

    private var caption: String {
        var caption = "From this run’s cells and experiments. A question mark: not tested in this run."
        if let most = losses.max() {
            caption +=
                " Lost here: up to about \(Int(most).inTwoDigits.grouped) bytes of the last message; how many varies."
        }
        return caption
    }

    private func row(_ row: Row) -> Markup {
        let (sign, style) = row.remedies[0].fixedPort.map(Sign.of) ?? ("", "none")
        let rest = zip(Remedy.headings, [""] + row.entries).dropFirst(2)
        return """
            <tr><th scope="row">\(row.remedies.markup(name))</th><td data-label="\(Remedy.headings[1])">\
            <span class="tag \(style)">\(sign) \(row.entries[0])</span></td>\
            \(rest.markup { "<td data-label=\"\($0)\">\(Self.value($1))</td>" })</tr>

            """
    }

    private func name(_ remedy: Remedy) -> Markup {
        let calls: Markup? = remedy.strategy.map { " <small>\($0.calls)</small>" }
        return remedy.strategy == nil ? "<div>\(remedy.name)</div>" : "<div><code>\(remedy.name)</code>\(calls)</div>"
    }

    private static func value(_ entry: String) -> Markup {
        entry == "yes" ? "<span class=\"tag bad\">yes</span>" : "\(entry)"
    }
}

extension Int {
    /// Rounded to two digits.
    fileprivate var inTwoDigits: Int {
        var unit = 1
        while self / unit >= 100 { unit *= 10 }
        return (self + unit / 2) / unit * unit
    }
}
