import Bench
import Claims
import Recordings
import Scenes
import TCPSockets

/// A client that dials its own port.
struct SelfConnection: Experiment {
    let id = "self-connection"
    let claims = ["F11"]
    let claimed = "An explicit client port equal to the server's port can connect to itself."
    let done = "Without a server, a client on the server's host binds the server's port and connects to it."
    let lookFor = "The state after connect(), and the two ends of the connection."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await laboratory.semaphore.use { try await play(laboratory) }
    }

    private func play(_ laboratory: Laboratory) async throws -> ExperimentResult {
        let world = try await World()
        let own = Endpoint(world.client.address(laboratory.family), port: Chat.port)
        let port = laboratory.breaksPremise ? Chat.port + 1 : Chat.port
        let client = try await world.converse(
            laboratory.chat, with: own, ["--local-port", "\(port)", "--local-address", "\(own.address)"])
        let connect = client.calls.first { $0.call == .connect }
        // The state after connect() is that of a connection, though nobody listens; and it has one end.
        let isItself = connect?.state == .established && client.localEnd == connect?.address
        let because =
            "Without a listener, connect() from \(Endpoint(own.address, port: port)) to \(own) left the socket in "
            + "\(connect?.state?.description ?? "no state"); the client said: \(client.complaint) (RFC 9293 section 3.5, simultaneous open)."
        return ExperimentResult(
            id, [Finding("F11", holds: isItself, because: because, evidence: [id])],
            recordings: [Recording("self", segments: [], clientCalls: client.calls, serverCalls: [])])
    }
}
