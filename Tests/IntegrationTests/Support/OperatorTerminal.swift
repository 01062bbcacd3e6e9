import ChatProtocol
import Glibc
import Testing

/// Runs a server with an operator at a terminal, and checks that the terminal is given back.
func withOperator(
    _ arguments: [String] = [], endedBy end: (Server) throws -> Void = { $0.program.signal(SIGTERM) },
    _ body: (Server, Terminal) async throws -> Void
) async throws {
    let terminal = try Terminal()
    let before = terminal.settings
    try await withServer(["--answer", "operator"] + arguments, terminal: terminal, endedBy: nil) { server in
        try await terminal.shows(
            "Questions appear here; type the answer to the one in the prompt. /help says more.", "(no question)")
        if hasLineEditing { #expect(terminal.settings != before) }
        try await body(server, terminal)
        try end(server)
    }
    #expect(terminal.settings == before)
}

extension Server {
    /// Asks the operator, and returns when the question is on the screen.
    func ask(_ question: String, _ terminal: Terminal) async throws -> Peer {
        let peer = try await Peer.connect(to: endpoint)
        try await peer.send(.question(question))
        try await terminal.output.contains("\(peer.local) asks: \(question)")
        return peer
    }

    /// Leaves with a RST, and returns when the operator has been told.
    func leave(_ peer: Peer, _ terminal: Terminal) async throws {
        try peer.reset()
        try await terminal.output.contains("\(peer.local) has left; its question is withdrawn")
        try await terminal.output.contains("conversation over (\(peer.local), reset)")
    }
}
