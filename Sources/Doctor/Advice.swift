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
            let finding =
                "Towards \(destination.route) \(taken.grouped) of \(destination.ports.grouped) ephemeral ports are taken, "
                + "\(destination.timeWait.grouped) of them by TIME-WAIT"
                + (destination.free == 0 && !destination.rates.reusesNow
                    ? ": connect() without a port of its own fails with EADDRNOTAVAIL." : ".")
            let isFailing = destination.free == 0 && !destination.rates.reusesNow
            return Advice(isFailing ? .critical : .warning, finding, Self.portRemedies, shownBy: ["port-exhaustion"])
        }
    }

    private static let portRemedies = [
        "Keep connections open and use them again: a pool, HTTP keep-alive.",
        "Use more addresses: each destination address or port, and each own address, has all the ports again, except "
            + "those pinned by bind(address, 0): such a program needs IP_BIND_ADDRESS_NO_PORT.",
        "Widen net.ipv4.ip_local_port_range, and reserve the ports of your servers.",
        "Set net.ipv4.tcp_tw_reuse = 1 (with tcp_timestamps, on the side that connects).",
        "Let the other side close first: TIME-WAIT is there then, and uses up no port of a server.",
        "Last of all SO_LINGER {on, 0}: no TIME-WAIT, and all that is not yet delivered is lost (lost-exit).",
    ]

    private var leakAdvice: [Advice] {
        leaks.map { leak in
            let count = leak.sockets.count
            let sockets = counted(count, "socket") + " in CLOSE-WAIT"
            let age = leak.oldest.map { ", the oldest for at least \($0.inTenths) s" } ?? ""
            if leak.isUnaccepted {
                return Advice(
                    .notice, "\(sockets) not yet taken by accept()\(age).",
                    ["See why the listening program does not call accept()."])
            }
            let owner = leak.owner.map { "\($0.inWords) has" } ?? "Processes that this user cannot see have"
            let isOld = (leak.oldest ?? .zero) >= .seconds(Int(NetworkSettings.secondsOfTimeWait))
            return Advice(
                isOld ? .warning : .notice, "\(owner) \(sockets)\(age): the peer has closed, and the program has not.",
                [
                    "Correct the program: close() when recv() returns 0. The state has no timer of its own.",
                    "Until then restart it: its end closes its sockets.",
                    "Or take single connections out of the kernel's hands, as root: ss --kill state close-wait '( sport = :PORT )'",
                ], shownBy: ["leaked-sockets"])
        }
    }

    private var bucketAdvice: Advice? {
        guard let limit = settings["tcp_max_tw_buckets"] else { return nil }
        let count = exposure.states[.timeWait] ?? 0
        let overflows = timeWaitOverflows ?? 0
        guard limit == 0 || count * 10 >= limit * 9 || overflows > 0 else { return nil }
        let finding =
            "\(count.grouped) TIME-WAITs, of \(limit.grouped) that tcp_max_tw_buckets allows"
            + (overflows > 0 ? "; \(overflows.grouped) were not held since the start (TCPTimeWaitOverflow)." : ".")
            + " Beyond the limit the kernel ends connections without TIME-WAIT, and without its protection."
        return Advice(
            overflows > 0 || limit == 0 ? .warning : .notice, finding, ["Raise net.ipv4.tcp_max_tw_buckets."],
            shownBy: ["kernel-settings", "old-duplicate"])
    }

    private var queueAdvice: Advice? {
        guard let first = fullListeners.first else { return nil }
        let owner = first.owner.map { ", held by \($0.inWords)," } ?? ""
        return Advice(
            .warning,
            "\(first.socket.local)\(owner) has \(first.socket.receiveQueue) connections waiting for accept(), with a queue of "
                + "\(first.socket.sendQueue)" + (fullListeners.count > 1 ? "; \(fullListeners.count - 1) more do" : "")
                + ".",
            [
                "See why it does not call accept() quickly enough.",
                "Ask for a longer queue in listen(); net.core.somaxconn (\(settings["somaxconn"] ?? 0)) limits it.",
            ])
    }

    /// No listener is named: the kernel counts for all of them.
    private var overflowAdvice: Advice? {
        guard let count = listenOverflows, count > 0 else { return nil }
        return Advice(
            .notice,
            "\(count.grouped) times since the start a listener's queue was full and a connection was not taken "
                + "(ListenOverflows).",
            [
                "See which program is slow to call accept(), while it happens: chat-lab doctor --watch.",
                "Ask for a longer queue in listen(); net.core.somaxconn (\(settings["somaxconn"] ?? 0)) limits it.",
            ])
    }

    private var orphanAdvice: Advice? {
        guard let limit = settings["tcp_max_orphans"], limit > 0, exposure.orphanCount * 2 >= limit else { return nil }
        return Advice(
            .warning,
            "\(exposure.orphanCount.grouped) connections closed here wait for their peer; from tcp_max_orphans "
                + "(\(limit.grouped)) on the kernel resets them.",
            ["See why the peers do not close.", "Lower net.ipv4.tcp_fin_timeout, which is for those in FIN-WAIT-2."],
            shownBy: ["fin-timeout"])
    }
}
