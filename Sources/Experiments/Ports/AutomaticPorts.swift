import Bench
import Claims
import Recordings
import Scenes
import Stories
import TCPSockets

/// How a port that the kernel chooses is held, and who may narrow the choice.
struct AutomaticPorts: Experiment {
    let id = "automatic-ports"
    let claims = ["F3", "F4"]
    let claimed = """
        bind(address, 0) pins a port per address; IP_BIND_ADDRESS_NO_PORT gives it back (F3). IP_LOCAL_PORT_RANGE narrows the \
        range of one socket (F4).
        """
    let done = """
        On a host with one ephemeral port, one client talks to one server while another connects to a second \
        server: without bind(), with bind(address, 0), and with IP_BIND_ADDRESS_NO_PORT as well. Then a client sets its own \
        range.
        """
    let lookFor = "Which call of the second client fails; which port the last client gets."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let parts = [
            try await testing("F3") { try await pin(laboratory) },
            try await testing("F4") { try await narrow(laboratory) },
        ]
        return ExperimentResult(
            id, parts.compactMap(\.finding), untestable: parts.compactMap(\.untestable),
            recordings: parts.flatMap(\.recordings))
    }

    private typealias Part = (finding: Finding?, untestable: Untestable?, recordings: [Recording])

    /// One claim does not depend on what the other one needs.
    private func testing(
        _ claim: String, _ body: () async throws -> (Finding, [Recording])
    ) async throws -> Part {
        let notebook = Notebook(prefix: claim.lowercased())
        do {
            let (finding, recordings) = try await Notebook.$current.withValue(notebook) { try await body() }
            return (finding, nil, recordings)
        } catch let missing as MissingFeature {
            return (nil, Untestable(claim, missing, evidence: id), notebook.recordings)
        }
    }

    private func pin(_ laboratory: Laboratory) async throws -> (Finding, [Recording]) {
        let address = ["--local-address", "\(Side.client.address(laboratory.family))"]
        let (implicit, first) = try await share(laboratory, "implicit", [])
        let (pinned, second) = try await share(laboratory, "address", laboratory.breaksPremise ? [] : address)
        let (freed, third) = try await share(laboratory, "no-port", address + ["--bind-no-port"])
        let because =
            "Two clients to two servers from one port: without bind(), \(implicit.words); with bind(address, 0), \(pinned.words); "
            + "with IP_BIND_ADDRESS_NO_PORT too, \(freed.words) (ip(7); net/ipv4/inet_connection_sock.c, inet_csk_get_port)."
        let holds = pinned.bind == .failed(.addressInUse) && freed.succeeded
        return (Finding("F3", holds: holds, because: because, evidence: [id]), [first, second, third])
    }

    private func narrow(_ laboratory: Laboratory) async throws -> (Finding, [Recording]) {
        let (port, recording) = try await ownRange(laboratory)
        let because =
            "On a host whose range is 40000 to 41000, a client with IP_LOCAL_PORT_RANGE 41000-41000 got port "
            + "\(port.map { "\($0)" } ?? "none") (ip(7))."
        return (Finding("F4", holds: port == 41_000, because: because, evidence: [id]), [recording])
    }

    /// - Returns: How the second client fared.
    private func share(
        _ laboratory: Laboratory, _ name: String, _ arguments: [String]
    ) async throws -> (Outcome.Reconnect, Recording) {
        try await Scene.play(laboratory, sysctls: onePort) { scene in
            let other = Endpoint(scene.server.endpoint.address, port: Chat.port + 1)
            let result = ConditionVariable<Outcome.Reconnect?>(nil)
            _ = try await scene.world.server.run(laboratory.chat.server(other, [])) { program in
                _ = try await program.nextLine()
                let first = try await scene.dial(arguments) { _ in
                    let second = try await scene.dial(arguments, to: other).attempt
                    result.change { $0 = second }
                }
                try first.requireOptions()
                program.signal(15)
            }
            guard let second = result.state else { throw LaboratoryError("the first client did not connect") }
            return (second, scene.recording(name))
        }
    }

    private func ownRange(_ laboratory: Laboratory) async throws -> (UInt16?, Recording) {
        try await Scene.play(laboratory, sysctls: onePort) { scene in
            let range = laboratory.breaksPremise ? [] : ["--local-port-range", "41000-41000"]
            // The kernel takes a socket's range only inside the host's (net/ipv4/inet_hashtables.c).
            try await scene.world.client.set("net.ipv4.ip_local_port_range", to: "40000\t41000")
            let client = try await scene.dial(range)
            try client.requireOptions()
            return (client.localEnd?.port, scene.recording("own-range"))
        }
    }
}
