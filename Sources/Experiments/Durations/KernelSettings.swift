import Bench
import Claims
import Recordings
import Scenes
import Stories
import TCPSockets
import Text

/// Which kernel settings make TIME-WAIT shorter, and which only look as if they did.
struct KernelSettings: Experiment {
    let id = "kernel-settings"
    let claims = ["E7"]
    let claimed = "Kernel settings can recycle TIME-WAIT quickly."
    let done = """
        For each setting, the client closes first, with a range of one port, and connects again from the same range, \
        after the time of tcp_tw_reuse_delay.
        """
    let lookFor = "The seconds that TIME-WAIT has left, and whether the second client gets the port."

    private struct Setting: Sendable {
        let name: String
        let value: String
        /// Where it is written what it does, or that it is gone.
        let source: String
        var words: String { "with \(name) = \(value)" }
    }

    private let settings = [
        Setting(name: "tcp_fin_timeout", value: "5", source: "tcp(7): it is for FIN-WAIT-2"),
        Setting(name: "tcp_tw_reuse", value: "1", source: "net/ipv4/tcp_ipv4.c, tcp_twsk_unique"),
        Setting(name: "tcp_tw_recycle", value: "1", source: "tcp(7)"),
        Setting(name: "tcp_max_tw_buckets", value: "0", source: "net/ipv4/inet_timewait_sock.c, inet_twsk_alloc"),
        Setting(
            name: "tcp_timestamps", value: "0",
            source: "net/ipv4/tcp_ipv4.c, tcp_twsk_unique: no reuse without them"),
    ]

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await withThrowingTaskGroup(of: (Int, Finding, Recording?).self) { group in
            for (index, setting) in settings.enumerated() {
                group.addTask {
                    let (finding, recording) = try await look(laboratory, setting)
                    return (index, finding, recording)
                }
            }
            let all = try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
            return ExperimentResult(id, all.map(\.1), recordings: all.compactMap(\.2))
        }
    }

    private func look(_ laboratory: Laboratory, _ setting: Setting) async throws -> (Finding, Recording?) {
        let name = "net.ipv4.\(setting.name)"
        guard try await Host(.client).sysctl(name) != nil else {
            let reason = setting.name == "tcp_tw_recycle" ? ": it was removed in Linux 4.12" : ""
            let because = "This kernel has no \(setting.name)\(reason) (\(setting.source))."
            return (Finding("E7", holds: false, under: .ordinary(setting.words), because: because, evidence: [id]), nil)
        }
        let sysctls = laboratory.breaksPremise ? [:] : [name: setting.value]
        return try await Scene.play(laboratory, sysctls: sysctls.merging(onePort) { $1 }) { scene in
            let conversation = try await scene.converse()
            let left = conversation.aftermath.client
            try await scene.untilReusable()
            let again = try await scene.dial().attempt
            let kept =
                left.map { "TIME-WAIT had \($0.timer?.remaining.inTenths ?? "?") s left" } ?? "there was no TIME-WAIT"
            let because =
                "\(setting.words.prefix(1).uppercased())\(setting.words.dropFirst()), \(kept) after close(). The next "
                + "client on the only port: \(again.words) (\(setting.source))."
            let finding = Finding(
                "E7", holds: again.succeeded, under: .ordinary(setting.words), because: because, evidence: [id])
            return (finding, scene.recording(setting.name))
        }
    }
}

/// A host that has one port for its clients.
let onePort = ["net.ipv4.ip_local_port_range": "40000\t40000"]

extension Scene {
    /// Waits until a TIME-WAIT is old enough for tcp_tw_reuse: the kernel wants a second by default
    /// (tcp_tw_reuse_delay since Linux 6.14; before that, one tick of a clock of whole seconds).
    func untilReusable() async throws {
        let delay = try await world.client.sysctl("net.ipv4.tcp_tw_reuse_delay").flatMap { Int($0) } ?? 2000
        try await Task.sleep(for: .milliseconds(delay + 100))
    }
}
