import FoundationEssentials
import TCPSockets
import Testing

/// What `chat-load --format json` says.
struct Load: Decodable {
    struct Latency: Decodable {
        let p50, p90, p99, p999, highest: Double

        enum CodingKeys: String, CodingKey {
            case p50, p90, p99, highest
            case p999 = "p99.9"
        }
    }

    struct RanOut: Decodable {
        let resource, call, errno, reason: String
        let afterSeconds: Double
        let operations: Int
        let ports, taken, timeWait: Int?
    }

    let operations: Int
    let seconds, perSecond: Double
    let latencyMicroseconds: Latency?
    let errors: [String: Int]
    let firstError: String?
    let unlikeQuestion: Int
    let ranOut: RanOut?
    let signal: Int?

    init(_ finished: Finished) throws {
        self = try JSONDecoder().decode(Load.self, from: Data(finished.output.utf8))
    }
}

/// The command line of a chat-load that says its results in JSON.
func loadCommand(_ port: String, _ arguments: [String]) -> [String] {
    [product("chat-load"), "--host", "127.0.0.1", "--port", port, "--format", "json"] + arguments
}

/// Runs chat-load to its end.
func runLoad(_ port: String, _ arguments: [String]) async throws -> (Load, Finished) {
    let finished = try await withProgram(loadCommand(port, arguments), input: "")
    return (try Load(finished), finished)
}
