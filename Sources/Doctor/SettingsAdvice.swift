import TCPSockets
import Text

/// A setting, with what it does on the machine at hand.
package struct SettingNote: Sendable, Hashable {
    package let name: String
    /// nil where this kernel has no such setting.
    package let value: String?
    /// Whether it bears on TIME-WAIT or on ports at all.
    package let matters: Bool
    package let note: String
    package let experiments: [String]
}

extension NetworkSettings {
    /// All of them, those first that matter.
    package var notes: [SettingNote] {
        [
            note("ip_local_port_range", portNote, ["port-exhaustion"]),
            note(
                "ip_local_reserved_ports",
                ephemeralPorts.reserved.ranges.isEmpty ? "No port is reserved." : "The kernel never chooses these.", []),
            note("tcp_tw_reuse", reuseNote, ["tw-reuse"]),
            note(
                "tcp_tw_reuse_delay",
                values["tcp_tw_reuse_delay"] == nil
                    ? "New in Linux 6.14; older kernels wait for the next whole second."
                    : "Milliseconds before tcp_tw_reuse applies.",
                ["tw-reuse"]),
            note(
                "tcp_timestamps",
                self["tcp_timestamps"] == 0
                    ? "Off: no tcp_tw_reuse, and no protection from old duplicates (PAWS)."
                    : "On: tcp_tw_reuse can work, and old duplicates are discarded (PAWS).",
                ["old-duplicate", "kernel-settings"]),
            note(
                "tcp_max_tw_buckets",
                "Beyond it connections end without TIME-WAIT. A defence against attacks, no remedy.",
                ["kernel-settings"]),
            note(
                "tcp_rfc1337",
                self["tcp_rfc1337"] == 1
                    ? "A RST does not end TIME-WAIT; after a SYN that TIME-WAIT refuses, connect() hangs."
                    : "A RST ends TIME-WAIT, so the retransmitted SYN of a refused client succeeds.",
                ["time-wait-and-reset"]),
            note("tcp_max_orphans", "Beyond it, connections closed here are reset.", []),
            note("somaxconn", "The longest queue that listen() gets.", []),
            folk(
                "tcp_fin_timeout",
                "For FIN-WAIT-2 without a program, not for TIME-WAIT, which always lasts 60 s. Above 60, FIN-WAIT-2 "
                    + "lasts twice the excess.",
                ["fin-timeout", "kernel-settings"]),
            folk(
                "tcp_tw_recycle",
                values["tcp_tw_recycle"] == nil
                    ? "Removed in Linux 4.12: clients behind one NAT could not connect. Old advice names it."
                    : "Breaks clients behind NAT: set it to 0.",
                ["kernel-settings"]),
        ]
    }

    private func note(_ name: String, _ text: String, _ experiments: [String]) -> SettingNote {
        SettingNote(name: name, value: values[name], matters: true, note: text, experiments: experiments)
    }

    private func folk(_ name: String, _ text: String, _ experiments: [String]) -> SettingNote {
        SettingNote(name: name, value: values[name], matters: false, note: text, experiments: experiments)
    }

    private var portNote: String {
        "\(ephemeralPorts.count.grouped) ports for each destination: \(Int(Double(ephemeralPorts.count) / Self.secondsOfTimeWait).grouped) "
            + "connections a second to each, if this side closes first."
    }

    private var reuseNote: String {
        switch self["tcp_tw_reuse"] {
        case 0: "Off: connect() does not reuse an ephemeral port in TIME-WAIT to the same destination."
        case 1: "connect() reuses a port in TIME-WAIT after tcp_tw_reuse_delay."
        case 2: "connect() reuses a port in TIME-WAIT over loopback only."
        default: "Not readable."
        }
    }
}

extension Checkup {
    /// Settings that contradict one another, or are set for the sake of something that they do not do.
    var settingAdvice: [Advice] {
        var advice: [Advice] = []
        if settings["tcp_tw_reuse"] == 1, settings["tcp_timestamps"] == 0 {
            advice.append(
                Advice(
                    .warning, "tcp_tw_reuse = 1 does nothing while tcp_timestamps = 0.",
                    ["Set net.ipv4.tcp_timestamps = 1."], shownBy: ["tw-reuse"]))
        }
        if let seconds = settings["tcp_fin_timeout"], seconds != 60 {
            advice.append(
                Advice(
                    .notice,
                    "tcp_fin_timeout is \(seconds), not 60; it has no effect on TIME-WAIT.",
                    ["Leave it at 60 unless FIN-WAIT-2 is the problem."], shownBy: ["fin-timeout"]))
        }
        if settings["tcp_tw_recycle"] == 1 {
            advice.append(
                Advice(
                    .critical, "tcp_tw_recycle = 1: clients behind one NAT cannot all connect.",
                    ["Set net.ipv4.tcp_tw_recycle = 0."], shownBy: ["kernel-settings"]))
        }
        if settings.ephemeralPorts.count < 1024 {
            advice.append(
                Advice(
                    .warning, "Only \(settings.ephemeralPorts.count.grouped) ephemeral ports.",
                    ["Widen net.ipv4.ip_local_port_range."], shownBy: ["port-exhaustion"]))
        }
        if let listener = exposure.listenersInRange.first {
            let count = exposure.listenersInRange.count
            advice.append(
                Advice(
                    .notice,
                    "\(listener.local)\(count > 1 ? " and \(count - 1) more listen" : " listens") in the ephemeral "
                        + "port range: while it is down, a client may get that port, and its restart fails with "
                        + "EADDRINUSE.",
                    ["Add such ports to net.ipv4.ip_local_reserved_ports."], shownBy: ["server-restart"]))
        }
        return advice
    }
}
