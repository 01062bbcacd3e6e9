import Glibc
import Testing

/// Runs `chat-lab explain NAME --port PORT`.
func explain(_ name: String, _ port: String) async throws -> Finished {
    try await withProgram([product("chat-lab"), "explain", name, "--port", port], input: "")
}

/// The same for a socket of this very process, once no child has it that another test has forked and that is not yet
/// the program that it is to be.
func explainOwn(_ name: String, _ port: String) async throws -> Finished {
    var explanation = try await explain(name, port)
    while explanation.output.contains(/\sother\s+process/) { explanation = try await explain(name, port) }
    #expect(explanation.output.contains("(process \(getpid()))."))
    return explanation
}
