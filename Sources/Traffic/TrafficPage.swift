import Packets
import Pages
package import Stories
import Text

/// A report on traffic as a page that needs nothing else, with a drawing of each of the oddest connections.
package struct TrafficPage: Sendable {
    private let report: TrafficReport
    private let traces: [Int: TracedConnection]
    private let hasCaptures: Bool

    /// - Parameters:
    ///   - traces: The segments of the connections that are drawn, by their numbers.
    ///   - hasCaptures: Whether their packets lie beside the page.
    package init(_ report: TrafficReport, traces: [Int: TracedConnection], hasCaptures: Bool) {
        (self.report, self.traces, self.hasCaptures) = (report, traces, hasCaptures)
    }

    package var text: String {
        let advice = TrafficAdvice(report).sentences()
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Who closes first in \(visible(report.source))</title>
            <style>\(StyleSheet.markup)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            <header>
            <h1>Who closes first, how, and what does that do to the port?</h1>
            <p class="lede">\(report.headline)\(report.damage.map { " Read as far as it goes: \(visible($0))." } ?? "")</p>
            </header>
            <main id="main">
            \(section("What stands out", advice))\(services)\(hosts)\(section("Besides", report.remarks))\(connections)
            </main>
            </body>
            </html>

            """
        return page.source
    }

    private func section(_ title: String, _ sentences: [String]) -> Markup {
        guard !sentences.isEmpty else { return "" }
        return
            "<section><h2>\(title)</h2><ul class=\"findings\">\(sentences.markup { "<li>\($0)</li>" })</ul></section>\n"
    }

    private var services: Markup {
        let rows = report.summary.servicesBySize.prefix(100).markup { endpoint, service in
            let facts = service.facts.markup { "\($0.name): \($0.text)<br>" }
            return """
                <tr><th scope="row">\("\(endpoint)")</th><td>\(service.connections.grouped)</td><td>\(facts)</td></tr>
                """
        }
        return table("Services", ["Service", "Connections", "How they ended"], rows)
    }

    private var hosts: Markup {
        let hosts = report.summary.hosts(report.timeWaits).filter { !$0.host.words.isEmpty }
        guard !hosts.isEmpty else { return "" }
        let rows = hosts.prefix(100).markup { address, host in
            "<tr><th scope=\"row\">\("\(address)")</th><td>\(host.words)</td></tr>"
        }
        return table("Hosts", ["Host", "TIME-WAIT and ports"], rows)
    }

    private func table(_ title: String, _ heads: [String], _ rows: Markup) -> Markup {
        """
        <section><h2>\(title)</h2><table class="cards"><thead><tr>\(heads.markup { "<th scope=\"col\">\($0)</th>" })</tr></thead>\
        <tbody>\(rows)</tbody></table></section>

        """
    }

    private var connections: Markup {
        guard !report.oddest.isEmpty else { return "" }
        return """
            <section id="connections"><h2>Connections, the oddest first</h2>
            <p class="lede">One row for each segment, in the order in which the capture has them, with the milliseconds since the \
            first one; sequence numbers count from the SYN, or from the first number that was seen. The hosts’ states \
            are not in a capture.</p>
            \(report.oddest.markup(connection))</section>
            """
    }

    private func connection(_ connection: TrafficConnection) -> Markup {
        let odd = connection.oddities.map(\.words).joined(separator: "; ")
        let title = "\(connection.number): \(connection.ends)"
        let name = TrafficFolder.captureName(connection.number)
        let link: Markup = hasCaptures ? "<p><a href=\"\(name)\">Its packets, for Wireshark</a></p>" : ""
        return """
            <details id="connection-\(connection.number)"><summary><h3>\(title)</h3> \
            <span class="lede">\(connection.sentence)</span></summary>
            <div class="body">\(odd.isEmpty ? nil : "<p>Odd: \(odd).</p>" as Markup)
            \(link)\(drawing(connection, title))</div></details>

            """
    }

    private func drawing(_ connection: TrafficConnection, _ title: String) -> Markup {
        guard let trace = traces[connection.number] else { return "" }
        let arrows = trace.traced(connection.story).enumerated().map { index, segment in
            (
                SequenceDiagram.Arrow(
                    number: index, from: segment.from, isInjected: false, flags: segment.flags.names(joinedBy: " "),
                    sequence: segment.sequence, acknowledgement: segment.acknowledgement, payload: segment.payload),
                segment.time
            )
        }
        return SequenceDrawing(SequenceDiagram(arrows)).figure(title: "\(title): segments in order")
    }
}
