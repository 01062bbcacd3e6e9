package import Doctor
import Recordings
import Stories
import TCPSockets
import Text

/// The figures of a watch as one screen, by service and program.
package struct WatchTable: Sendable {
    /// By which column the rows are sorted.
    package enum Order: String, CaseIterable, Sendable {
        case ended, clientFirst = "client first", serverFirst = "server first", resets = "RST", timeWait = "TIME-WAIT"

        package var next: Order {
            let all = Self.allCases
            return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
        }
    }

    /// What is not in the figures.
    package struct State: Sendable {
        package var order = Order.ended
        package var isPaused = false
        package var seconds = 0
        package var live = 0
        package var lost = 0

        package init() {}
    }

    private typealias Row = (key: WatchFigures.Key, count: WatchFigures.Count)

    private let figures: WatchFigures
    private let settings: NetworkSettings
    private let state: State
    private let columns, rows: Int
    private let paint: Paint

    package init(
        _ figures: WatchFigures, settings: NetworkSettings, state: State, columns: Int, rows: Int, hasColour: Bool
    ) {
        (self.figures, self.settings, self.state) = (figures, settings, state)
        (self.columns, self.rows, paint) = (columns, rows, Paint(hasColour: hasColour))
    }

    /// As many lines as the screen has at most.
    package var text: String {
        let (counts, seconds) = figures.recent
        let sorted = counts.map { (key: $0, count: $1) }.filter { $0.count.ended > 0 }.sorted { value($1) < value($0) }
        // Low screens have room for the rows before anything else.
        let below = bottom(sorted, seconds).prefix(max(0, rows - 6))
        // The title, the heading, and the keys.
        let room = max(1, rows - below.count - 3)
        var lines = [paint(title, .bold), heading]
        lines += sorted.prefix(room).map { line($0, seconds) }
        if sorted.isEmpty { lines.append("no connection has ended in the last \(counted(seconds, "second"))") }
        lines += below
        lines.append(keys)
        return lines.map { cut($0, to: columns) }.joined(separator: "\n")
    }

    private var title: String {
        let lost = state.lost > 0 ? "; \(counted(state.lost, "event")) lost (--buffer)" : ""
        return (state.isPaused ? "PAUSED: " : "")
            + "\(figures.all.ended.grouped) connections ended in \(state.seconds.grouped) s, \(state.live.grouped) live"
            + lost
    }

    private var keys: String {
        "s sort: \(state.order.rawValue)   p pause   q quit   % of the last \(WatchFigures.window) s"
    }

    /// What sorts the rows, the connections that have ended deciding between equals.
    private func value(_ row: Row) -> (Double, Int, String) {
        let count = row.count
        let value =
            switch state.order {
            case .ended: Double(count.ended)
            case .clientFirst: count.share(.client) ?? 0
            case .serverFirst: count.share(.server) ?? 0
            case .resets: Double(count.resets.values.reduce(0, +))
            case .timeWait: Double(count.timeWaitAtClient)
            }
        return (value, count.ended, "\(row.key.service)")
    }

    /// How wide the figures' columns are; a narrow screen has room for the first of them only.
    private var figureWidths: [Int] {
        let all = [8, 7, 7, 7, 12]
        return Array(all.prefix(columns >= 67 ? 5 : columns >= 53 ? 4 : 3))
    }

    private var widths: (service: Int, program: Int) {
        let names = max(14, columns - figureWidths.reduce(2, +))
        return (names * 9 / 20, names - names * 9 / 20)
    }

    private var heading: String {
        let (service, program) = widths
        return cell("SERVICE", service) + " " + cell("PROGRAM", program) + " "
            + numbers("ENDED/S", "CLIENT", "SERVER", "RST/S", "TIME-WAIT/S")
    }

    private func numbers(_ texts: String...) -> String {
        zip(texts, figureWidths).map { right($0, $1) }.joined()
    }

    private func line(_ row: Row, _ seconds: Int) -> String {
        let (service, program) = widths
        let count = row.count
        func rate(_ number: Int) -> String {
            let rate = Double(number) / Double(seconds)
            return number == 0 ? "-" : rate < 10 ? rate.fixed(1) : Int(rate.rounded()).grouped
        }
        func share(_ holder: Outcome.Holder) -> String {
            count.share(holder).map { $0 == 0 ? "-" : "\(Self.percent($0)) %" } ?? "-"
        }
        return cell("\(row.key.service)", service) + " " + cell(Self.programs(row.key), program) + " "
            + numbers(
                rate(count.ended), share(.client), share(.server), rate(count.resets.values.reduce(0, +)),
                rate(count.timeWaitAtClient))
    }

    /// Never 100 for what was not all, nor 0 for what was some.
    package static func percent(_ share: Double) -> Int {
        share >= 1 ? 100 : share <= 0 ? 0 : min(99, max(1, Int((share * 100).rounded())))
    }

    /// `curl →` for a client of this machine, `→ nginx` for a server, both for the two ends of one connection.
    package static func programs(_ key: WatchFigures.Key) -> String {
        let arrow = [key.client, "→", key.server].compactMap(\.self).joined(separator: " ")
        return key.isElsewhere ? arrow + " (other namespace)" : arrow
    }

    private func cell(_ text: String, _ width: Int) -> String {
        let text = cut(text, to: width)
        return text + String(repeating: " ", count: max(0, width - Text.columns(of: text)))
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    /// RSTs by reason, ports, and what failed: at most six lines.
    private func bottom(_ sorted: [Row], _ seconds: Int) -> [String] {
        var lines: [String] = []
        var resets: [WatchFigures.ResetKind: Int] = [:]
        for row in sorted { resets.merge(row.count.resets, uniquingKeysWith: +) }
        if !resets.isEmpty {
            let kinds = resets.sorted { ($1.value, $0.key.reason) < ($0.value, $1.key.reason) }.prefix(3)
            lines.append(
                "RST: "
                    + kinds.map { "\($0.key.reason) by the \($0.key.from.rawValue) \($0.value.grouped)" }
                    .joined(separator: ", "))
        }
        for outlook in outlooks(sorted, seconds).prefix(2) {
            lines.append(paint("\(outlook)", outlook.secondsUntilExhausted == nil ? .plain : .yellow))
        }
        for (destination, count) in figures.failedConnects.sorted(by: { $0.value > $1.value }).prefix(1) {
            lines.append(
                paint("connect() to \(destination) found no free port, \(counted(count, "time")): EADDRNOTAVAIL", .red))
        }
        if figures.elsewhere > 0 {
            lines.append("\(figures.elsewhere.grouped) of them belong to other network namespaces")
        }
        return lines
    }

    /// The fullest first, and only for the network namespace whose settings are known.
    private func outlooks(_ rows: [Row], _ seconds: Int) -> [PortOutlook] {
        var counts: [Endpoint: Int] = [:]
        for row in rows where !row.key.isElsewhere && row.count.timeWaitAtClient > 0 {
            counts[row.key.service, default: 0] += row.count.timeWaitAtClient
        }
        return counts.map {
            PortOutlook(destination: $0.key, rate: Double($0.value) / Double(seconds), settings: settings)
        }.sorted { $0.taken > $1.taken }
    }
}
