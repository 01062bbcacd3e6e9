import ChatProtocol
import Glibc
import TCPSockets
import Testing

/// A chat-server that listens.
final class Server: Sendable {
    let program: Program
    let endpoint: Endpoint

    init(_ program: Program, _ endpoint: Endpoint) {
        (self.program, self.endpoint) = (program, endpoint)
    }

    var port: String { "\(endpoint.port)" }
    var log: Output { program.errors }
    var process: pid_t { program.process }
}

/// Runs a chat-server on a free port beside a test, ends it, and checks that it ended as it should.
///
/// - Parameters:
///   - arguments: What follows `--host 127.0.0.1 --port 0`, of which later ones win.
///   - wrapper: A program that starts it, such as prlimit.
///   - input: What the operator says; nil to leave the operator's pipe open.
///   - signal: What ends it.
///   - status: The exit code that is right.
@discardableResult
func withServer(
    _ arguments: [String] = ["--answer", "echo"], wrapper: [String] = [], terminal: Terminal? = nil,
    input: String? = nil, endedBy signal: CInt? = SIGTERM, status: CInt = 0,
    body: (Server) async throws -> Void
) async throws -> Finished {
    let command = wrapper + [product("chat-server"), "--host", "127.0.0.1", "--port", "0"] + arguments
    let finished = try await withProgram(command, terminal: terminal, input: input) { program in
        try await program.output.until("listening on ")
        let address = try await program.output.until("\n").trimmingSuffix { $0.isNewline }
        let server = Server(program, try #require(Endpoint(String(address))))
        try await body(server)
        if let signal { program.signal(signal) }
    }
    #expect(finished.status == status, "the server's exit code; its log: \(finished.errors)")
    return finished
}

extension Server {
    /// Waits until the server's program has accepted a peer's connection and read all that the peer has sent.
    func hasTaken(_ peer: Peer) async throws {
        try await eventually("\(peer.local) is taken by the server") {
            try SocketTable().entries().contains {
                $0.local == endpoint && $0.remote == peer.local && $0.inode != 0 && $0.unreadBytes == 0
            }
        }
    }
}

/// A port on which a server has closed first, and that therefore has a TIME-WAIT.
func portInTimeWait() async throws -> String {
    let port = "\(try unusedPort())"
    try await withServer(["--answer", "echo", "--port", port]) { server in
        let peer = try await Peer.connect(to: server.endpoint)
        try await peer.send(.exit)
        #expect(try await peer.next() == .endOfStream)
        try peer.close()
    }
    return port
}

extension Endpoint {
    /// Reads `127.0.0.1:7000`.
    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let address = IPAddress(parts[0]), let port = UInt16(parts[1]) else { return nil }
        self.init(address, port: port)
    }
}

extension StringProtocol {
    func trimmingSuffix(while isSuffix: (Character) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !isSuffix($0) }) else { return self[..<startIndex] }
        return self[...last]
    }
}
