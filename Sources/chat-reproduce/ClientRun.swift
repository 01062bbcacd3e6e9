import FoundationEssentials
import Subprocess
import TCPSockets

/// What a run of chat-client showed: its trace, and what it said.
struct ClientRun: Sendable {
    /// A line of the trace; the keys are those of docs/trace.md.
    private struct Call: Decodable {
        let call: String
        let arguments: [String: Value]
        let result: Int
        let errno: String?

        enum Value: Decodable {
            case integer(Int)
            case text(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let integer = try? container.decode(Int.self) {
                    self = .integer(integer)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
    }

    let status: Int32
    /// The client's own end of the connection, if it had one.
    let local: Endpoint?
    /// The call that failed and its errno, such as `bind: EADDRINUSE`.
    let failedCall: String?
    /// What it said besides the trace.
    let complaint: String

    init(status: TerminationStatus, standardError: String) {
        if case .exited(let code) = status { self.status = code } else { self.status = -1 }
        let lines = standardError.split(separator: "\n")
        let decoder = JSONDecoder()
        let calls = lines.compactMap { try? decoder.decode(Call.self, from: Data($0.utf8)) }
        complaint = lines.filter { !$0.hasPrefix("{") }.joined(separator: " ")
        local = calls.first { $0.call == "getsockname" }.flatMap { call in
            guard case .text(let address) = call.arguments["address"] else { return nil }
            return Endpoint(numeric: address)
        }
        // A connect() in progress has not failed; if it does, SO_ERROR tells, which is no failed call.
        failedCall = calls.first { $0.result < 0 && $0.errno != "EINPROGRESS" && $0.errno != "EAGAIN" }
            .map { "\($0.call): \($0.errno ?? "?")" }
    }
}
