internal import ChatProtocol
internal import Logging
internal import Synchronization
internal import TCPSockets

/// What all event loops of a server have in common.
final class ServerShare: Sendable {
    let configuration: ServerConfiguration
    let logger: Logger
    /// Whether every connection is logged. Asking the logger each time would copy its handler each time.
    let logsConnections: Bool
    let logsConversations: Bool
    /// Whether an answer is the bytes of its question, and nobody wants to know its text.
    let echoesBytes: Bool
    /// Where questions wait, when a person answers.
    let desk: OperatorDesk?
    let transcript: Transcript?
    let coProcesses: Running
    private let clients = Atomic<Int>(0)

    init(configuration: ServerConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        logsConnections = logger.logLevel <= .debug
        logsConversations = logger.logLevel <= .info
        desk = configuration.answering == .operatorAtKeyboard ? try OperatorDesk() : nil
        transcript = try configuration.transcript.map { try Transcript(path: $0) }
        echoesBytes = configuration.answering == .echo && configuration.transcript == nil
        coProcesses = try Running()
    }

    /// Why a client is turned away at the door, or nil when it was let in and counted, until `left`.
    func turnsAway(_ client: Endpoint) -> (ErrorCode, String)? {
        if !configuration.allowed.isEmpty, !configuration.allowed.contains(where: { $0.matches(client) }) {
            return (.notAllowed, "\(client.unmapped) may not talk to this server")
        }
        let count = clients.add(1, ordering: .relaxed).newValue
        if let maximum = configuration.maximumClients, count > maximum {
            left()
            return (.busy, "\(maximum) client\(maximum == 1 ? " is" : "s are") being served")
        }
        return nil
    }

    func left() {
        clients.subtract(1, ordering: .relaxed)
    }
}
