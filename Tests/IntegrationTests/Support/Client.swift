import TCPSockets

/// The command line of a chat-client that talks to a server.
func clientCommand(_ port: String, _ arguments: [String] = []) -> [String] {
    [product("chat-client"), "--host", "127.0.0.1", "--port", port] + arguments
}

/// Runs a chat-client with all of its input, to its end.
func runClient(_ port: String, _ arguments: [String] = [], input: String = "") async throws -> Finished {
    try await withProgram(clientCommand(port, arguments), input: input)
}

func runClient(_ server: Server, _ arguments: [String] = [], input: String = "") async throws -> Finished {
    try await runClient(server.port, arguments, input: input)
}
