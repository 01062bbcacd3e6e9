import Diagnoses
import TCPSockets
import Text

/// Something about a machine that one should know, with what to do.
package struct Advice: Sendable, Hashable {
    package enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
        /// Something fails now.
        case critical
        /// Something will, if it goes on.
        case warning
        /// Worth knowing.
        case notice

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package let severity: Severity
    /// What was read.
    package let finding: String
    /// What to do, the least harmful first.
    package let remedies: [String]
    /// The experiments that show it on this kernel.
    package let experiments: [String]

    init(_ severity: Severity, _ finding: String, _ remedies: [String] = [], shownBy experiments: [String] = []) {
        (self.severity, self.finding, self.remedies, self.experiments) = (severity, finding, remedies, experiments)
    }
}

extension Checkup {
    /// The worst first.
    package var advice: [Advice] {
        let all =
            portAdvice + leakAdvice + unansweredAdvice
            + [bucketAdvice, queueAdvice, overflowAdvice, orphanAdvice, trackingAdvice].compactMap(\.self)
            + settingAdvice
        return all.enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
            .map(\.element)
    }

    private var portAdvice: [Advice] {
        exposure.destinations.prefix { $0.share >= 0.8 }.prefix(3).map { destination in
            let taken = destination.timeWait + destination.live
            let reuses = destination.rates.reusesNow
            let until =
                reuses ? " until a TIME-WAIT is \(settings.secondsUntilReuse.fixed(1)) s old (tcp_tw_reuse)" : ""
            let end =
                destination.free > 0 ? "." : "; connect() without a fixed port fails with EADDRNOTAVAIL\(until)."
            let finding =
                "\(destination.route): \(taken.grouped) of \(destination.ports.grouped) ephemeral ports are taken, "
                + "\(destination.timeWait.grouped) by TIME-WAIT\(end)"
            let isFailing = destination.free == 0 && !reuses
            return Advice(
                isFailing ? .critical : .warning, finding, portRemedies(reuses: reuses), shownBy: ["port-exhaustion"])
        }
    }

    /// - Parameter reuses: Whether tcp_tw_reuse is on for the destination already.
    private func portRemedies(reuses: Bool) -> [String] {
        Self.portRemedies.filter { !reuses || !$0.contains("tcp_tw_reuse") }
    }

    private static let portRemedies = [
        "Keep connections open and reuse them: a pool, HTTP keep-alive.",
        "Use more addresses: each destination address or port, and each local address, has the whole range. A "
            + "program that calls bind(address, 0) needs IP_BIND_ADDRESS_NO_PORT for that.",
        "Widen net.ipv4.ip_local_port_range, and reserve your servers' ports.",
        "Set net.ipv4.tcp_tw_reuse = 1 on the side that connects; it needs tcp_timestamps.",
        "Let the other side close first: it then holds TIME-WAIT, which uses up no port of a server.",
        "Last resort: SO_LINGER {on, 0}. No TIME-WAIT, but undelivered data is lost (lost-exit).",
    ]

    private var leakAdvice: [Advice] {
        leaks.map { leak in
            let count = leak.sockets.count
            let sockets = counted(count, "socket") + " in CLOSE-WAIT"
            let age = leak.oldest.map { ", the oldest for at least \($0.inTenths) s" } ?? ""
            if leak.isUnaccepted {
                return Advice(
                    .notice, "\(sockets) not yet accepted\(age).",
                    ["See why the listening program does not call accept()."])
            }
            let owner = leak.owner.map { "\($0.inWords) has" } ?? "Processes that this user cannot see have"
            let isOld = (leak.oldest ?? .zero) >= .seconds(Int(NetworkSettings.secondsOfTimeWait))
            return Advice(
                isOld ? .warning : .notice, "\(owner) \(sockets)\(age): the peer closed, the program did not.",
                [
                    "Fix the program: close() when recv() returns 0. CLOSE-WAIT has no timer.",
                    "Until then, restart it: that closes its sockets.",
                    "Or kill single connections, as root: ss --kill state close-wait '( sport = :PORT )'",
                ], shownBy: ["leaked-sockets"])
        }
    }

    private var bucketAdvice: Advice? {
        guard let limit = settings["tcp_max_tw_buckets"] else { return nil }
        let count = exposure.states[.timeWait] ?? 0
        let overflows = timeWaitOverflows ?? 0
        guard limit == 0 || count * 10 >= limit * 9 || overflows > 0 else { return nil }
        let finding =
            "\(count.grouped) TIME-WAITs, of at most \(limit.grouped) (tcp_max_tw_buckets)"
            + (overflows > 0
                ? "; \(overflows.grouped) were skipped since this network namespace began (TCPTimeWaitOverflow)." : ".")
            + " Beyond the limit the kernel skips TIME-WAIT and its protection."
        return Advice(
            overflows > 0 || limit == 0 ? .warning : .notice, finding, ["Raise net.ipv4.tcp_max_tw_buckets."],
            shownBy: ["kernel-settings", "old-duplicate"])
    }

    private var queueAdvice: Advice? {
        guard let first = fullListeners.first else { return nil }
        let owner = first.owner.map { ", held by \($0.inWords)," } ?? ""
        return Advice(
            .warning,
            "\(first.socket.local)\(owner) has \(first.socket.receiveQueue) connections waiting for accept(), in a "
                + "queue of \(first.socket.sendQueue)"
                + (fullListeners.count > 1 ? "; \(fullListeners.count - 1) more do" : "")
                + ".",
            [
                "See why it is slow to call accept().",
                "Ask for a longer queue in listen(); net.core.somaxconn (\(settings["somaxconn"] ?? 0)) limits it.",
            ])
    }

    /// No listener is named: the kernel counts for all of them.
    private var overflowAdvice: Advice? {
        guard let count = listenOverflows, count > 0 else { return nil }
        return Advice(
            .notice,
            "A listener's queue was full \(count.grouped) times since this network namespace began (ListenOverflows).",
            [
                "See which program is slow to call accept(), while it happens: chat-lab doctor --watch.",
                "Ask for a longer queue in listen(); net.core.somaxconn (\(settings["somaxconn"] ?? 0)) limits it.",
            ])
    }

    private var orphanAdvice: Advice? {
        guard let limit = settings["tcp_max_orphans"], limit > 0, exposure.fullOrphanCount * 2 >= limit else {
            return nil
        }
        return Advice(
            .warning,
            "\(exposure.fullOrphanCount.grouped) connections closed here wait for their peer; beyond tcp_max_orphans "
                + "(\(limit.grouped)) the kernel resets them.",
            ["See why the peers do not acknowledge or close."], shownBy: ["fin-timeout"])
    }
}
