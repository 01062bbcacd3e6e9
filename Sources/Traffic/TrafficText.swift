import Reports
package import Stories
import Text

/// A report on traffic for a terminal: what to do about it first, then the oddest connections.
package struct TrafficText: Sendable {
    private let report: TrafficReport
    private let width: Int
    private let paint: Paint

    /// So many services and hosts are shown.
    private static let shown = 10

    package init(_ report: TrafficReport, width: Int, hasColour: Bool) {
        (self.report, self.width) = (report, width)
        paint = Paint(hasColour: hasColour)
    }

    package var text: String {
        var lines = TextLayout.wrap(report.headline, width: width)
        if let damage = report.damage {
            lines += TextLayout.wrap("Read as far as it goes: \(visible(damage)).", width: width).map {
                paint($0, .red)
            }
        }
        lines += services + hosts
        lines += section("What stands out", TrafficAdvice(report).sentences().flatMap { bullet($0) })
        lines += section("Besides", report.remarks.flatMap { bullet($0) })
        lines += connections
        return lines.joined(separator: "\n")
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", paint(title, .bold)] + lines
    }

    private func bullet(_ text: String) -> [String] { TextLayout.hanging("- \(text)", indent: 2, width: width) }

    private var services: [String] {
        let all = report.summary.servicesBySize
        var lines = all.prefix(Self.shown).flatMap { endpoint, service in
            ["\(endpoint): \(counted(service.connections, "connection"))"]
                + service.facts.flatMap { fact in
                    TextLayout.hanging(TextLayout.pad("    \(fact.name)", 18) + fact.text, indent: 18, width: width)
                }
        }
        let rest = all.dropFirst(Self.shown)
        let others = report.summary.otherServices.connections
        if !rest.isEmpty || others > 0 {
            let count = rest.reduce(others) { $0 + $1.service.connections }
            lines.append("\(counted(rest.count, "more service")) with \(counted(count, "connection")).")
        }
        return section("Services", lines)
    }

    private var hosts: [String] {
        let all = report.summary.hosts(report.timeWaits).filter { !$0.host.words.isEmpty }
        var lines = all.prefix(Self.shown).flatMap { address, host in
            TextLayout.hanging("    \(address): \(host.words)", indent: 4, width: width).map { String($0.dropFirst(4)) }
        }
        if all.count > Self.shown { lines.append("\(counted(all.count - Self.shown, "more host")).") }
        return section("Hosts", lines)
    }

    private var connections: [String] {
        guard !report.oddest.isEmpty else { return [] }
        let isAll = report.oddest.count == report.summary.connections
        return section(
            isAll ? "Connections, the oddest first" : "The oddest connections",
            report.oddest.flatMap { Self.lines($0, width: width) })
    }

    /// A connection in a few lines.
    package static func lines(_ connection: TrafficConnection, width: Int) -> [String] {
        let odd = connection.oddities.map(\.words).joined(separator: "; ")
        let head = TextLayout.wrap(
            "\(connection.number)  \(connection.ends), \(connection.duration)", width: width)
        return head + TextLayout.paragraph(connection.sentence, width: width, indent: 4)
            + (odd.isEmpty ? [] : TextLayout.paragraph("Odd: \(odd).", width: width, indent: 4))
    }
}
