import Bench
import Claims
import Recordings
import Scenes
import Stories
import TCPSockets

/// For whom a port in TIME-WAIT is taken, on a host that has no other.
struct PortsInTimeWait: Experiment {
    let id = "ports-in-time-wait"
    let claims = ["E8", "D7", "F23"]
    let claimed = """
        A port in TIME-WAIT can be used by no other new connection at all (E8). SO_REUSEADDR does not lift the restriction for a \
        busy client whose ports are in TIME-WAIT (D7). ip_autobind_reuse lets bind(address, 0) with SO_REUSEADDR take such \
        ports (F23).
        """
    let done = """
        The client's host has one ephemeral port, and closes first. The next client connects to another server; or to the same \
        server, with SO_REUSEADDR on both clients: without bind(), with bind(address, 0), and with ip_autobind_reuse = 1 as well.
        """
    let lookFor = "Which call of the second client fails, and with which errno."

    private struct Trial: Sendable {
        let again: Outcome.Reconnect
        let recording: Recording
    }

    private enum Way: String {
        case ephemeral
        case address
        case autobind
    }

    /// Where bind() looks for a port by itself.
    private static let search = "net/ipv4/inet_connection_sock.c, inet_csk_find_open_port"

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let elsewhere = try await overBothFamilies { try await dialElsewhere(laboratory, $0) }
        let ephemeral = try await overBothFamilies { try await redial(laboratory, $0, .ephemeral) }
        let address = try await overBothFamilies { try await redial(laboratory, $0, .address) }
        let autobind = try await overBothFamilies { try await redial(laboratory, $0, .autobind) }
        return ExperimentResult(
            id,
            [
                Finding(
                    "E8", holds: elsewhere.allSatisfy { !$0.again.succeeded },
                    because:
                        "A client to another server, with the only port in TIME-WAIT: \(words(elsewhere)) (RFC 9293 "
                        + "section 3.3.1; net/ipv4/inet_hashtables.c, __inet_check_established).",
                    evidence: [id]),
                lifted(
                    ephemeral, .ordinary("with ephemeral ports"), "without bind()",
                    "net/ipv4/inet_hashtables.c, __inet_check_established"),
                lifted(address, .ordinary("with bind(address, 0)"), "with bind(address, 0)", Self.search),
                lifted(
                    autobind, .others("with ip_autobind_reuse = 1"), "with bind(address, 0) and ip_autobind_reuse = 1",
                    Self.search),
                Finding(
                    "F23",
                    holds: address.allSatisfy { $0.again.bind == .failed(.addressInUse) }
                        && autobind.allSatisfy { $0.again.bind == .ok },
                    because:
                        "With SO_REUSEADDR on both clients and the only port in TIME-WAIT: with ip_autobind_reuse = 0, "
                        + "\(words(address)); with 1, \(words(autobind)) (Documentation/networking/ip-sysctl.rst; "
                        + "net/ipv4/inet_connection_sock.c, inet_csk_find_open_port).",
                    evidence: [id]),
            ],
            recordings: (elsewhere + ephemeral + address + autobind).map(\.recording))
    }

    private func words(_ trials: [Trial]) -> String { overBoth(trials.map(\.again.words)) }

    /// D7: the restriction stands where the second client cannot connect.
    private func lifted(
        _ trials: [Trial], _ circumstances: Circumstances, _ way: String, _ source: String
    ) -> Finding {
        Finding(
            "D7", holds: trials.allSatisfy { !$0.again.succeeded }, under: circumstances,
            because: "With SO_REUSEADDR on both clients, \(way), and the only port in TIME-WAIT: \(words(trials)) "
                + "(socket(7); \(source)).",
            evidence: [id])
    }

    private func dialElsewhere(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Trial {
        try await Scene.play(laboratory, over: family, sysctls: onePort) { scene in
            _ = try await scene.converse()
            // Broken on purpose: to the server that it was connected to.
            let other = Endpoint(scene.server.endpoint.address, port: Chat.port + (laboratory.breaksPremise ? 0 : 1))
            if laboratory.breaksPremise {
                return Trial(
                    again: try await scene.dial(to: other).attempt,
                    recording: scene.recording("elsewhere-\(family.name)"))
            }
            let result = ConditionVariable<Outcome.Reconnect?>(nil)
            _ = try await scene.world.server.run(laboratory.chat.server(other, [])) { program in
                _ = try await program.nextLine("to listen")
                let again = try await scene.dial(to: other).attempt
                result.change { $0 = again }
                program.signal(15)
            }
            guard let again = result.state else { throw LaboratoryError("no client connected to the other server") }
            return Trial(again: again, recording: scene.recording("elsewhere-\(family.name)"))
        }
    }

    private func redial(_ laboratory: Laboratory, _ family: IPAddress.Family, _ way: Way) async throws -> Trial {
        // Broken on purpose: the first client leaves no TIME-WAIT; and the setting is the other one.
        let isBroken = laboratory.breaksPremise
        let reuse = (way == .autobind) != isBroken || way == .address && isBroken ? "1" : "0"
        let sysctls = onePort.merging(["net.ipv4.ip_autobind_reuse": way == .ephemeral ? "0" : reuse]) { $1 }
        return try await Scene.play(laboratory, over: family, sysctls: sysctls) { scene in
            let bind = way == .ephemeral ? [] : ["--local-address", "\(Side.client.address(family))"]
            let arguments = bind + ["--reuse-address"]
            let close = isBroken && way != .autobind ? ["--close", "reset"] : []
            let first = try await scene.converse(arguments + close)
            guard isBroken || first.aftermath.state(.client) == .timeWait else {
                throw LaboratoryError("the client's host holds no TIME-WAIT")
            }
            let again = try await scene.dial(arguments).attempt
            return Trial(again: again, recording: scene.recording("\(way.rawValue)-\(family.name)"))
        }
    }
}
