import Diagnoses
import TCPSockets
import Text

/// A checkup as a person reads it, in lines of a limited width.
package struct CheckupText: Sendable {
    private let checkup: Checkup
    private let top: Int
    private let width: Int
    private let paint: Paint
    private let ends: [String]
    private let isShort: Bool

    /// - Parameters:
    ///   - ends: What was seen of connections that ended, in sentences.
    ///   - mayBeShort: Whether peers, ports and settings are left out if nothing is worse than a notice.
    ///   - top: How many peers, destinations and sockets are shown of each.
    ///   - width: How long a line may be.
    package init(
        _ checkup: Checkup, ends: [String] = [], top: Int = 10, width: Int = TextLayout.width, hasColour: Bool = false,
        mayBeShort: Bool = false
    ) {
        (self.checkup, self.top, self.width, paint) = (checkup, top, width, Paint(hasColour: hasColour))
        (self.ends, isShort) = (ends, mayBeShort && checkup.advice.allSatisfy { $0.severity == .notice })
    }

    package var text: String {
        let exposure = checkup.exposure
        let summary =
            "\(exposure.count.grouped) TCP sockets in this network namespace, read in "
            + "\(checkup.readingTime.milliseconds(roundedUp: true)) ms; Linux \(checkup.kernel)."
        let connections = section("CONNECTIONS THAT ENDED", ends.flatMap { hanging("  - \($0)", indent: 4) })
        let waiting = [section("CLOSE-WAIT", leaks), section("FIN-WAIT-2 WITHOUT A PROGRAM", orphans)]
        let sections: [[String]]
        if isShort, checkup.advice.isEmpty {
            let nothing =
                "  " + paint("Nothing to do:", .green)
                + " no socket is in CLOSE-WAIT, and no destination is short of ports. --verbose shows all."
            sections = [paragraph(summary) + sockets + [nothing], connections]
        } else if isShort {
            sections =
                [
                    paragraph(summary) + sockets
                        + paragraph("Nothing urgent. --verbose shows peers, ports and settings.", indent: 2),
                    section("ADVICE", advice), connections,
                ] + waiting
                + [section("NOT SEEN", unseen)]
        } else {
            sections =
                [paragraph(summary), section("ADVICE", advice), connections, section("SOCKETS", sockets)]
                + [section("PEERS", peers), section("TIME-WAIT AND PORTS", ports)] + waiting
                + [
                    section("CONNECTION TRACKING", tracking), section("SETTINGS", settings(mattering: true)),
                    section("SETTINGS THAT DO NOT SHORTEN TIME-WAIT", settings(mattering: false)),
                    section("NOT SEEN", unseen),
                ]
        }
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [paint(title, .bold)] + lines
    }

    private var advice: [String] {
        let all = checkup.advice
        guard !all.isEmpty else { return ["  " + paint("Nothing to do.", .green)] }
        return all.flatMap { advice in
            let colour: Paint.Style =
                switch advice.severity {
                case .critical: .red
                case .warning: .yellow
                case .notice: .plain
                }
            let word = TextLayout.pad(advice.severity.rawValue, 10)
            var lines = hanging("  " + word + advice.finding, indent: 12)
            lines[0] = "  " + paint(word, colour) + lines[0].dropFirst(12)
            for (number, remedy) in advice.remedies.enumerated() {
                lines += hanging("            \(number + 1). \(remedy)", indent: 15)
            }
            if !advice.experiments.isEmpty {
                let commands = advice.experiments.map { "chat-lab run \($0)" }.joined(separator: ", ")
                lines += hanging("            Shown by \(commands).", indent: 12)
            }
            return lines
        }
    }

    private var sockets: [String] {
        let states = checkup.exposure.states.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        return paragraph(Self.list(states), indent: 2)
    }

    private var peers: [String] {
        let peers = checkup.exposure.peers
        var rows: [[String]] = []
        for peer in peers.prefix(top) {
            let states = peer.states.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            rows.append(["\(peer.address)", peer.count.grouped, Self.list(states)])
        }
        return columns(rows) + more(peers.count, "peer")
    }

    private static func list(_ states: [(key: TCPState, value: Int)]) -> String {
        states.map { "\($0.key == .closed ? "bound only" : "\($0.key)") \(($0.value).grouped)" }.joined(separator: ", ")
    }

    private var ports: [String] {
        let exposure = checkup.exposure
        let settings = checkup.settings
        let range = settings.ephemeralPorts.range
        var lines = paragraph(
            "Ephemeral ports \(range.lowerBound)-\(range.upperBound): \(settings.ephemeralPorts.count.grouped) "
                + "without ip_local_reserved_ports, \(exposure.portsKept.count.grouped) of them held by listening "
                + "or bound sockets. Each pair of local address and destination has the rest to itself.",
            indent: 2)
        if exposure.timeWaitAtFixedPorts > 0 {
            lines += paragraph(
                "\(exposure.timeWaitAtFixedPorts.grouped) TIME-WAITs are on listeners' or other fixed ports and use "
                    + "up no ephemeral port.",
                indent: 2)
        }
        let destinations = exposure.destinations
        guard !destinations.isEmpty else { return lines }
        let heading = ["from → to", "TIME-WAIT", "live", "free", "now/s", "reuse/s", "passive/s", "each more/s"]
        let rows = destinations.prefix(top).map { destination in
            [
                "\(destination.route)", destination.timeWait.grouped, destination.live.grouped,
                destination.free.grouped, rate(destination.rates.now), rate(destination.rates.withReuse), "no limit",
                "+" + rate(destination.rates.perFurtherAddress),
            ]
        }
        lines += table([heading] + rows) + more(destinations.count, "destination")
        return lines
            + paragraph(
                "now/s: new connections a second that this side can sustain when it closes first: ports / 60 s "
                    + "(TCP_TIMEWAIT_LEN), or ports / tcp_tw_reuse_delay if tcp_tw_reuse applies. reuse/s: with "
                    + "tcp_tw_reuse = 1. passive/s: if the other side closes first. each more/s: what each "
                    + "further destination address or port, or local address, adds.",
                indent: 2)
    }

    private func rate(_ rate: Double?) -> String {
        guard let rate else { return "no limit" }
        return rate < 10 ? rate.fixed(1) : Int(rate).grouped
    }

    private var leaks: [String] {
        let leaks = checkup.leaks
        guard !leaks.isEmpty else { return [] }
        let lines = leaks.flatMap { leak -> [String] in
            let owner =
                leak.isUnaccepted
                ? "not yet accepted" : leak.owner?.inWords ?? "processes that this user cannot see"
            let rows = leak.sockets.prefix(top).map { unclosed in
                let age =
                    unclosed.age.map { "\($0.lowerBound.inTenths) to \($0.upperBound.inTenths) s" } ?? "age unknown"
                return [
                    "  \(unclosed.socket.local.unmapped) → \(unclosed.socket.remote.unmapped)", age,
                    counted(unclosed.socket.unreadBytes, "byte") + " unread",
                ]
            }
            return ["  \(owner): \(leak.sockets.count.grouped)"] + columns(Array(rows))
                + more(leak.sockets.count, "socket")
        }
        return lines
            + paragraph(
                "Age: the peer's FIN came between its last data and its last ACK (TCP_INFO); the kernel does not "
                    + "record when.", indent: 2)
    }

    private var orphans: [String] {
        let orphans = checkup.exposure.orphans
        return orphans.prefix(top).flatMap { paragraph("\($0)", indent: 2) } + more(orphans.count, "socket")
    }

    private var tracking: [String] {
        guard let tracking = checkup.tracking else { return [] }
        let after = tracking.timeWaitSeconds.map {
            " A closed connection stays there for \($0) s, even without a socket; a port that NAT chose is taken "
                + "as long."
        }
        return paragraph(
            "\(tracking.count.grouped) of \(tracking.limit.grouped) entries (nf_conntrack_max).\(after ?? "")",
            indent: 2)
    }

    private func settings(mattering: Bool) -> [String] {
        let rows = checkup.settings.notes.filter { $0.matters == mattering }
        let width = rows.map(\.name.count).max() ?? 0
        return rows.flatMap { note in
            let name =
                TextLayout.pad("  \(note.name)", width + 4)
                + TextLayout.pad(note.value.map { $0.isEmpty ? "none" : $0 } ?? "absent", 14)
            let shown = note.experiments.isEmpty ? "" : " (\(note.experiments.joined(separator: ", ")))"
            let indent = width + 18
            return hanging(
                name.count < indent ? TextLayout.pad(name, indent) + note.note + shown : name + " " + note.note + shown,
                indent: indent)
        }
    }

    private var unseen: [String] { checkup.unseen.flatMap { paragraph($0, indent: 2) } }

    private func more(_ count: Int, _ noun: String) -> [String] {
        count > top ? ["  … and \(counted(count - top, noun)) more (--top)"] : []
    }

    /// Columns; where they are too wide, what a row is about stands above its figures.
    private func table(_ rows: [[String]]) -> [String] {
        guard widths(rows).reduce(0, { $0 + 2 + $1 }) > width else { return columns(rows) }
        let figures = columns(rows.map { [""] + $0.dropFirst() })
        guard figures.count == rows.count else { return columns(rows) }
        return zip(rows, figures).flatMap { paragraph($0[0], indent: 2) + [$1] }
    }

    private func widths(_ rows: [[String]]) -> [Int] {
        (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
    }

    private func columns(_ rows: [[String]]) -> [String] {
        let widths = widths(rows)
        return rows.flatMap { row -> [String] in
            var line = "  "
            for (column, entry) in row.enumerated() {
                let isFirst = column == 0
                let isLast = column == row.count - 1 && entry.contains(" ")
                let space = String(repeating: " ", count: widths[column] - entry.count)
                line += isFirst ? entry + space : "  " + (isLast ? entry : space + entry)
            }
            return line.count <= width ? [line] : hanging(line, indent: 4)
        }
    }

    private func hanging(_ text: String, indent: Int) -> [String] {
        TextLayout.hanging(text, indent: indent, width: width)
    }

    private func paragraph(_ text: String, indent: Int = 0) -> [String] {
        TextLayout.paragraph(text, width: width, indent: indent)
    }
}
