import Bench
import Claims
import Recordings
import Scenes
import Stories
import TCPSockets

/// What tcp_tw_reuse does, and for whom.
struct TimeWaitReuse: Experiment {
    let id = "tw-reuse"
    let claims = ["F1"]
    let claimed = """
        tcp_tw_reuse lets a new connection take over a TIME-WAIT of its own host: 0 never, 1 always, 2 (the default) over \
        loopback only; for implicit and for explicit ports.
        """
    let done = """
        The client closes first. After tcp_tw_reuse_delay it connects again, from an ephemeral range of one port, or by bind() \
        to the same port; between two hosts, over loopback, and to the host's own address, which is no loopback address.
        """
    let lookFor = "Whether the second connect() succeeds."

    private struct Variant: Sendable {
        let setting: String
        let isExplicit: Bool
        let place: Place

        var name: String { "\(setting)-\(isExplicit ? "explicit" : "implicit")-\(place.rawValue)" }
        var words: String { "with \(setting) \(circumstance)" }
        /// What the claim says of it.
        var isPromised: Bool { !isExplicit && (setting == "1" || setting == "2" && place == .loopback) }
        var circumstance: String { "for an \(isExplicit ? "explicit" : "implicit") port \(place.words)" }
    }

    /// Where the connection runs.
    private enum Place: String {
        case wire, loopback
        case ownAddress = "own-address"

        /// Where the server listens, if it is on the client's host.
        func address(_ family: IPAddress.Family) -> IPAddress? {
            switch self {
            case .wire: nil
            case .loopback: family == .v4 ? .loopbackV4 : .loopbackV6
            case .ownAddress: Side.client.address(family)
            }
        }

        var words: String {
            switch self {
            case .wire: "between two hosts"
            case .loopback: "over loopback"
            case .ownAddress: "over an own address that is no loopback address"
            }
        }
    }

    private struct Trial: Sendable {
        let variant: Variant
        let again: Outcome.Reconnect
        let recording: Recording
    }

    private let variants =
        ["0", "1", "2"].flatMap { setting in
            [
                Variant(setting: setting, isExplicit: false, place: .wire),
                Variant(setting: setting, isExplicit: false, place: .loopback),
                Variant(setting: setting, isExplicit: true, place: .wire),
            ]
        } + [
            Variant(setting: "2", isExplicit: false, place: .ownAddress)
        ]

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await withThrowingTaskGroup(of: (Int, Trial).self) { group in
            for (index, variant) in variants.enumerated() {
                group.addTask { (index, try await redial(laboratory, variant)) }
            }
            let all = try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            return ExperimentResult(id, findings(all), recordings: all.map(\.recording))
        }
    }

    /// One sentence for all whose calls came out the same.
    private func findings(_ trials: [Trial]) -> [Finding] {
        trials.map { trial in
            let alike = trials.filter { $0.again == trial.again }.map(\.variant)
            var circumstances: [String] = []
            for circumstance in alike.map(\.circumstance) where !circumstances.contains(circumstance) {
                circumstances.append(circumstance)
            }
            let list = circumstances.map { circumstance in
                let settings = alike.filter { $0.circumstance == circumstance }.map(\.setting)
                return "\(circumstance) with tcp_tw_reuse = \(settings.joined(separator: ", "))"
            }
            // bind() decides before tcp_tw_reuse is looked at; it is connect() that looks.
            let source =
                [.ok, .notCalled].contains(trial.again.bind)
                ? "Documentation/networking/ip-sysctl.rst; net/ipv4/tcp_ipv4.c, tcp_twsk_unique"
                : "net/ipv4/inet_connection_sock.c, inet_csk_bind_conflict"
            return Finding(
                "F1", holds: trial.again.succeeded == trial.variant.isPromised,
                under: .ordinary(trial.variant.words),
                because: "The next client, with the only port in TIME-WAIT: \(trial.again.words) "
                    + "\(list.joined(separator: " and ")) (\(source)).",
                evidence: [id])
        }
    }

    private func redial(_ laboratory: Laboratory, _ variant: Variant) async throws -> Trial {
        // Broken on purpose: every setting is that of the others.
        let setting = laboratory.breaksPremise ? (variant.setting == "1" ? "0" : "1") : variant.setting
        let sysctls = onePort.merging(["net.ipv4.tcp_tw_reuse": setting]) { $1 }
        return try await Scene.play(laboratory, sysctls: sysctls, server: ["--close", "last"]) { scene in
            let port = variant.isExplicit ? ["--local-port", "40000"] : []
            let again: Outcome.Reconnect
            if let address = variant.place.address(laboratory.family) {
                again = try await within(laboratory, scene, Endpoint(address, port: Chat.port))
            } else {
                let conversation = try await scene.converse(port)
                try requireTimeWait(conversation.aftermath.state(.client))
                try await scene.untilReusable()
                again = try await scene.dial(port).attempt
            }
            return Trial(variant: variant, again: again, recording: scene.recording(variant.name))
        }
    }

    private func requireTimeWait(_ state: TCPState) throws {
        guard state == .timeWait else {
            throw LaboratoryError("the client's host holds \(state), and no TIME-WAIT to be taken over")
        }
    }

    /// Client and server on one host; a server that closes last makes the client the first without the wire.
    private func within(
        _ laboratory: Laboratory, _ scene: Scene, _ endpoint: Endpoint
    ) async throws -> Outcome.Reconnect {
        let result = ConditionVariable<Outcome.Reconnect?>(nil)
        let server = laboratory.chat.server(endpoint, ["--close", "last"])
        _ = try await scene.world.client.run(server) { program in
            _ = try await program.nextLine()
            let listening = ListeningServer(program: program, endpoint: endpoint)
            let first = try await scene.dial(to: endpoint)
            guard let local = first.localEnd else {
                throw LaboratoryError("chat-client had no connection: \(first.account)")
            }
            _ = try await listening.ending(of: local)
            try await scene.world.client.awaitTimeWait(FourTuple(client: local, server: endpoint))
            try await scene.untilReusable()
            let again = try await scene.dial(to: endpoint).attempt
            result.change { $0 = again }
            program.signal(15)
        }
        guard let again = result.state else { throw LaboratoryError("no client connected again") }
        return again
    }
}

extension Host {
    /// Waits until a connection over loopback is in TIME-WAIT. No wire carries its last segments, and the kernel tells nobody
    /// when they have arrived.
    fileprivate func awaitTimeWait(_ connection: FourTuple) async throws {
        let deadline = ContinuousClock.now + Pace.current.patience
        while true {
            let state = try sockets.find(local: connection.client, remote: connection.server)?.state ?? .closed
            if state == .timeWait { return }
            guard ContinuousClock.now < deadline else {
                throw LaboratoryError("the client's socket is \(state), and not TIME-WAIT")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
