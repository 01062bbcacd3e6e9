import Recordings
import Stories
import Text
import Watch

/// What a watch comes to, at its end.
struct WatchSummary {
    let figures: WatchFigures
    let seconds: Double
    let live, lost, lostEnds, givenUp: Int
    let resetsWithoutSocket: [String: Int]

    /// In lines of a limited width.
    func text(width: Int) -> String {
        let sentences = [ended, resets, refusals, failures, left, unseen].compactMap(\.self)
        return sentences.flatMap { TextLayout.paragraph($0, width: width, indent: 0) }.joined(separator: "\n")
    }

    private var ended: String {
        let all = figures.all
        let shares: [String] = Outcome.Holder.allCases.compactMap { holder in
            guard let number = all.first[holder], number > 0 else { return nil }
            return switch holder {
            case .client: "the client \(number.grouped)"
            case .server: "the server \(number.grouped)"
            case .both: "both at once \(number.grouped)"
            case .none: "not seen \(number.grouped)"
            }
        }
        let summary = "\(counted(all.ended, "connection")) ended in \(seconds.fixed(1)) s"
        return shares.isEmpty ? "\(summary)." : "\(summary). First to close: \(shares.joined(separator: ", "))."
    }

    private var resets: String? {
        let kinds = figures.all.resets.sorted { ($1.value, $0.key.reason) < ($0.value, $1.key.reason) }
        guard !kinds.isEmpty else { return nil }
        return "RST: "
            + kinds.map { "\($0.key.reason) by the \($0.key.from.rawValue) \($0.value.grouped)" }.joined(
                separator: ", ")
            + "."
    }

    private var refusals: String? {
        guard let number = resetsWithoutSocket["NO_SOCKET"], number > 0 else { return nil }
        return "This machine answered \(counted(number, "segment")) with a RST: no socket was there (NO_SOCKET)."
    }

    private var failures: String? {
        let failed = figures.failedConnects.sorted { ($1.value, "\($0.key)") < ($0.value, "\($1.key)") }.prefix(5)
            .map { "\($0.key) \($0.value.grouped)" }
        let ports = failed.isEmpty ? nil : "connect() found no free port: to \(failed.joined(separator: ", "))."
        let given = givenUp > 0 ? "\(givenUp.grouped) connect() ended without an answer." : nil
        return ports == nil && given == nil ? nil : sentences(ports, given)
    }

    private var left: String? {
        let before = figures.beganBefore
        let parts = [
            live > 0 ? "Seen and still open: \(live.grouped)." : nil,
            before > 0 ? "Began before the watch: \(before.grouped)." : nil,
            figures.elsewhere > 0 ? "In other network namespaces: \(figures.elsewhere.grouped)." : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private var unseen: String? {
        guard lost > 0 || lostEnds > 0 else { return nil }
        return "Lost \(counted(lost, "event")): some connections are missing or incomplete; use a larger --buffer."
    }
}
