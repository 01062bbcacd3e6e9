import Bench
import Claims
import Packets
import Recordings
import Scenes
import Stories
import TCPSockets
import Text

/// Conversation after conversation from a few ports.
struct PortExhaustion: Experiment {
    let id = "port-exhaustion"
    let claims = ["D3"]
    let claimed = "A busy client of short connections uses up its ports and can connect no more."
    let done = """
        A client's host with 4 ephemeral ports holds up to 6 conversations, one after the other, for every way to close; with no \
        bind(), with bind(address, 0), and with IP_BIND_ADDRESS_NO_PORT; then with tcp_tw_reuse = 1, at once and a second \
        later.
        """
    let lookFor = "After how many conversations the next one fails, in which call, with which errno."

    private static let ports = 4
    private static let attempts = 6
    /// net.ipv4.ip_local_port_range is 32768 to 60999 unless it is changed (Documentation/networking/ip-sysctl.rst).
    private static let defaultPorts = 28_232

    private enum Bind: String, CaseIterable {
        case none = "no bind()"
        case address = "bind(address, 0)"
        case withoutPort = "bind() with IP_BIND_ADDRESS_NO_PORT"

        func arguments(_ family: IPAddress.Family) -> [String] {
            let address = ["--local-address", "\(Side.client.address(family))"]
            return switch self {
            case .none: []
            case .address: address
            case .withoutPort: address + ["--bind-no-port"]
            }
        }
    }

    private struct Series: Sendable {
        let strategy: CloseStrategy
        let name: String
        let conversations: Int
        /// How the first that failed did so; nil where none did.
        let failure: String?
        /// Seconds that each TIME-WAIT of the client's host lasts; nil where there was none.
        let occupied: Double?
        let recording: Recording

        /// New connections a second that can go on for ever, to one server from one address; nil for no such limit.
        func sustained(ports: Int) -> Double? {
            occupied.map { Double(ports) / $0 }
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let all = try await withThrowingTaskGroup(of: (Int, Series).self) { group in
            var index = 0
            for bind in Bind.allCases {
                for strategy in CloseStrategy.allCases {
                    let place = index
                    group.addTask { (place, try await unhurried(laboratory, strategy, bind)) }
                    index += 1
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        let reuse = try await reused(laboratory)
        return ExperimentResult(
            id, findings(all) + [reuse.finding], recordings: all.map(\.recording),
            figures: all.map(figure) + reuse.figures,
            measures: all.filter { $0.name == Bind.none.rawValue }.map { series in
                Measure(.connectionsPerSecond, series.strategy, series.sustained(ports: Self.defaultPorts) ?? .infinity)
            })
    }

    private func findings(_ all: [Series]) -> [Finding] {
        // Its author's client closes first, with a FIN.
        let groups: [(circumstances: Circumstances, strategies: [CloseStrategy])] = [
            (.ordinary, [.active, .halfClose, .linger, .dontLinger, .abandon]),
            (.others("where the server closes first"), [.delay, .passive]),
            (.others("where the client ends the connection by RST"), [.reset, .unread, .disconnect]),
        ]
        return groups.map { circumstances, strategies in
            let group = all.filter { strategies.contains($0.strategy) }
            let fails = group.allSatisfy { $0.failure != nil }
            let names = strategies.map(\.rawValue).joined(separator: ", ")
            let counts = Set(group.map(\.conversations)).sorted().map { "\($0)" }.joined(separator: " or ")
            let errors = Set(group.compactMap(\.failure)).sorted().joined(separator: ", or ")
            return Finding(
                "D3", holds: fails, under: circumstances,
                because: "With \(Self.ports) ports, --close \(names) managed \(counts) conversations"
                    + (errors.isEmpty
                        ? " without a failure."
                        : "; then \(errors) (net/ipv4/inet_hashtables.c, __inet_hash_connect; "
                            + "net/ipv4/inet_connection_sock.c, inet_csk_find_open_port)."),
                evidence: [id])
        }
    }

    private func figure(_ series: Series) -> ExperimentResult.Figure {
        let rate = series.sustained(ports: Self.defaultPorts).map {
            "; a host with the default 28,232 ports can sustain \(Int($0).grouped) connections a second to one server"
        }
        return .init(
            "--close \(series.strategy.rawValue), \(series.name)",
            "\(series.conversations) conversations" + (series.failure.map { ", then \($0)" } ?? ", no failure")
                + (rate ?? ""))
    }

    /// A series in which `--close delay` does what it is for: on a slow machine the delay may be over before the server program
    /// has closed. Then the series says nothing of that way to close, and is made again with a longer delay.
    private func unhurried(
        _ laboratory: Laboratory, _ strategy: CloseStrategy, _ bind: Bind
    ) async throws -> Series {
        var delay = 200
        while true {
            let series = try await series(laboratory, strategy, bind, delay)
            let isHasty = series.recording.connections.contains { connection in
                let fin = series.recording.segments.first {
                    $0.connection == connection && $0.segment.flags.contains(.fin)
                }
                return fin?.from == .client
            }
            guard strategy == .delay, isHasty, delay < Cell.longestCloseDelay else { return series }
            delay *= 4
        }
    }

    private func series(
        _ laboratory: Laboratory, _ strategy: CloseStrategy, _ bind: Bind, _ delay: Int
    ) async throws -> Series {
        let top = laboratory.breaksPremise ? 40_999 : 40_000 + Self.ports - 1
        let sysctls = ["net.ipv4.ip_local_port_range": "40000\t\(top)"]
        return try await Scene.play(laboratory, sysctls: sysctls) { scene in
            let pinned = strategy != .delay && strategy != .passive
            let arguments =
                bind.arguments(laboratory.family) + ["--close", strategy.rawValue, "--close-delay", "\(delay)"]
            var occupied: Double?
            for count in 0..<Self.attempts {
                let ends = scene.server.program.output.read(\.ends.count)
                scene.world.wire.obey(pinned ? Scene.clientFirst : [])
                let client = try await scene.dial(arguments)
                guard let local = client.localEnd, client.status == 0 else {
                    let attempt = client.attempt
                    guard
                        [attempt.bind, attempt.connect].contains(where: {
                            [.failed(.addressInUse), .failed(.addressNotAvailable)].contains($0)
                        })
                    else {
                        try client.requireOptions()
                        throw LaboratoryError(
                            "a conversation failed for another reason than ports: \(client.complaint)")
                    }
                    return Series(
                        strategy: strategy, name: bind.rawValue, conversations: count, failure: attempt.words,
                        occupied: occupied, recording: scene.recording("\(strategy.rawValue)-\(bind)"))
                }
                _ = try await scene.server.ending(of: local, after: ends)
                let connection = FourTuple(client: local, server: scene.server.endpoint)
                let aftermath = try await scene.settled(connection)
                occupied = aftermath.client?.timer?.remaining.inSeconds.rounded() ?? occupied
            }
            return Series(
                strategy: strategy, name: bind.rawValue, conversations: Self.attempts, failure: nil, occupied: occupied,
                recording: scene.recording("\(strategy.rawValue)-\(bind)"))
        }
    }

    // MARK: - with tcp_tw_reuse

    /// What becomes of the only port, with tcp_tw_reuse.
    private struct Reuse: Sendable {
        /// net.ipv4.tcp_tw_reuse_delay, in milliseconds; nil where the kernel has no such setting.
        let delay: String?
        let atOnce: String
        /// Seconds from TIME-WAIT to the SYN that took its place; nil where none did in time.
        let after: Double?

        var name: String { "tcp_tw_reuse = 1" + (delay.map { ", tcp_tw_reuse_delay = \($0) ms" } ?? "") }
    }

    /// The same with tcp_tw_reuse, which wants a TIME-WAIT of a certain age.
    private func reused(
        _ laboratory: Laboratory
    ) async throws -> (finding: Finding, figures: [ExperimentResult.Figure]) {
        let hasDelay = try await World().client.sysctl("net.ipv4.tcp_tw_reuse_delay") != nil
        var reuses: [Reuse] = []
        for delay in hasDelay ? ["1000", "250"] : [nil] { reuses.append(try await reuse(laboratory, delay: delay)) }
        let words = reuses.map { "with \($0.name) \($0.after.map { "after \($0.fixed(2)) s" } ?? "not in time")" }
        let finding = Finding(
            "D3", holds: reuses.contains { $0.after == nil }, under: .others("with tcp_tw_reuse = 1"),
            because: "The only port could be used again \(words.joined(separator: ", ")) (net/ipv4/tcp_ipv4.c, "
                + "tcp_twsk_unique).",
            evidence: [id])
        return (finding, reuses.map(figure))
    }

    private func figure(_ reuse: Reuse) -> ExperimentResult.Figure {
        let later = reuse.after.map { seconds in
            "again after \(seconds.fixed(2)) s; a host with the default 28,232 ports can sustain "
                + "\(Int(Double(Self.defaultPorts) / seconds).grouped) connections a second to one server"
        }
        return .init(reuse.name, "at once, \(reuse.atOnce); \(later ?? "not again in time")")
    }

    private func reuse(_ laboratory: Laboratory, delay: String?) async throws -> Reuse {
        var sysctls = onePort
        sysctls["net.ipv4.tcp_tw_reuse"] = laboratory.breaksPremise ? "0" : "1"
        sysctls["net.ipv4.tcp_tw_reuse_delay"] = delay
        return try await Scene.play(laboratory, sysctls: sysctls) { scene in
            let conversation = try await scene.converse()
            guard let start = conversation.segments.last(from: .server, .fin)?.arrival else {
                throw LaboratoryError("the server has sent no FIN, and there is no TIME-WAIT")
            }
            let mark = scene.mark
            let atOnce = try await scene.dial().attempt
            // On a busy machine a few attempts take all of the time: the last one begins when it is over.
            let deadline = ContinuousClock.now + .seconds(3)
            var (again, isLast) = (atOnce, false)
            while !again.succeeded, !isLast {
                isLast = ContinuousClock.now >= deadline
                again = try await scene.dial().attempt
            }
            let syn = scene.segments(of: conversation.connection, from: mark).first(from: .client, .syn)
            return Reuse(delay: delay, atOnce: atOnce.words, after: syn.map { $0.time - start })
        }
    }
}
