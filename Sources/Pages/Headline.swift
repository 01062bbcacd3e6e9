import Claims
import Recordings
import TCPSockets
import Text

/// The first screen: the answer in a sentence, and what to do, both read from this run.
struct Headline {
    private let report: Report
    private let anchors: Anchors

    init(_ report: Report, _ anchors: Anchors) {
        (self.report, self.anchors) = (report, anchors)
    }

    var markup: Markup {
        let answer: Markup? = answer.map { "<p class=\"short\">\($0)</p>" }
        let advice = advice
        guard !advice.isEmpty else { return answer ?? "" }
        return """
            \(answer)
            <section class="advice" aria-labelledby="advice-title"><h2 id="advice-title">What to do</h2>
            <ul>\(advice.markup { "<li>\($0)</li>" })</ul></section>
            """
    }

    // MARK: - the answer

    /// nil where no cell has said anything about it.
    var answer: String? {
        let parts = [first, blocked, reset].compactMap(\.self)
        guard let start = parts.first else { return nil }
        return start.prefix(1).uppercased() + parts.joined(separator: "; ").dropFirst() + "."
    }

    private var byFIN: [Outcome] {
        report.cells.map(\.outcome).filter {
            $0.ending == .fin && ($0.firstToClose == .client || $0.firstToClose == .server)
        }
    }

    private var first: String? {
        let held = byFIN.count { $0.timeWait == $0.firstToClose }
        guard !byFIN.isEmpty else { return nil }
        return held == byFIN.count
            ? "whoever sends the first FIN holds TIME-WAIT"
            : "whoever sent the first FIN held TIME-WAIT in \(held) of \(counted(byFIN.count, "cell"))"
    }

    /// What the same client met on its fixed port, without any option.
    private var blocked: String? {
        let cells = report.cells.filter {
            $0.cell.bind == .explicit && $0.cell.reuseAddress == .none && $0.outcome.timeWait == .client
        }
        let met = Set(cells.map(\.outcome.reconnect.bind))
        guard met.count == 1, case .failed(let errno)? = met.first else { return nil }
        return "if that is the client, bind() to its port then fails with \(errno.name)"
    }

    private var reset: String? {
        let resets = report.cells.map(\.outcome).filter { $0.ending == .rst }
        let free = resets.count { $0.timeWait == .none }
        guard !resets.isEmpty else { return nil }
        return free == resets.count
            ? "after a RST neither side holds it"
            : "after a RST neither side held it in \(free) of \(counted(resets.count, "cell"))"
    }

    // MARK: - what to do

    private var advice: [Markup] { [anyPort, fixedPort, data, server, never].compactMap(\.self) }

    private var remedies: [Remedy] { report.remedies }

    private var anyPort: Markup? {
        guard remedies.contains(where: { $0.fixedPort == .notNeeded }) else { return nil }
        return "<strong>Use an ephemeral port</strong>, unless the server knows clients by their port."
    }

    private var fixedPort: Markup? {
        let good = remedies.filter { $0.fixedPort == .free && $0.losesNothing }
        guard !good.isEmpty else { return nil }
        return "<strong>On a fixed port, let the peer close first</strong>: \(Self.names(good))."
    }

    private var data: Markup? {
        let safe = remedies.filter { $0.fixedPort != .free && $0.losesNothing && $0.strategy != nil }
        guard !safe.isEmpty else { return nil }
        return "<strong>Where data matters, read to the end</strong>: \(Self.names(safe))."
    }

    /// What lets a server that closed first restart.
    private var server: Markup? {
        guard let verdict = report.verdicts.first(where: { $0.claim.id == "C3" }), verdict.kind == .confirmed else {
            return nil
        }
        return """
            <strong>On a server, set SO_REUSEADDR before every bind()</strong>: a server that closed first then restarts at once \
            (\(anchors.claimLink("C3"))).
            """
    }

    private var never: Markup? {
        let harmful = remedies.filter { $0.fixedPort == .free && $0.losesToSilentPeer?.hasPrefix("yes") == true }
        guard !harmful.isEmpty else { return nil }
        let names = harmful.map { "<code>\($0.name)</code>" as Markup }
        return "<strong>Do not send a RST to free a port</strong>: it throws data away (\(Self.list(names)))."
    }

    private static func names(_ remedies: [Remedy]) -> Markup {
        list(
            remedies.map { remedy in
                let calls: Markup? = remedy.strategy.map { ", that is \($0.calls)" }
                return "<code>\(remedy.name)</code>\(calls)"
            })
    }

    private static func list(_ parts: [Markup]) -> Markup {
        parts.enumerated().markup { $0.offset == 0 ? $0.element : ", \($0.element)" }
    }
}

extension Remedy {
    fileprivate var losesNothing: Bool { losesToSilentPeer == "nothing" && losesToTalkingPeer == "nothing" }

    /// nil for what is no way to close.
    var strategy: CloseStrategy? {
        name.hasPrefix("--close ") ? CloseStrategy(rawValue: String(name.dropFirst(8))) : nil
    }
}

extension CloseStrategy {
    /// The calls that make it.
    var calls: String {
        switch self {
        case .active: "close() at once"
        case .delay: "a pause, then close()"
        case .passive: "recv() until the peer’s FIN, then close()"
        case .halfClose: "shutdown(SHUT_WR), recv() until the peer’s FIN, then close()"
        case .linger: "SO_LINGER {on, seconds}, then close()"
        case .dontLinger: "SO_LINGER {off}, then close()"
        case .reset: "SO_LINGER {on, 0}, then close()"
        case .unread: "close() with data unread"
        case .abandon: "exit without close()"
        case .disconnect: "connect(AF_UNSPEC), then close()"
        }
    }
}
