import ChatProtocol
import Logging
import TCPSockets

/// What all event loops of a server have in common.
final class ServerShare: Sendable {
    let configuration: ServerConfiguration
    let logger: Logger
    let log: LogOutput
    /// Whether every connection is logged. Asking the logger each time would copy its handler each time.
    let logsConnections: Bool
    let logsConversations: Bool
    /// Whether an answer is the bytes of its question, and nobody wants to know its text.
    let echoesBytes: Bool
    /// Whether a close waits for the client, for a time.
    let lingers: Bool
    /// Where questions wait, when a person answers.
    let desk: OperatorDesk?
    let transcript: Transcript?
    let coProcesses: CoProcesses?
    let complaints: Complaints?
    private let door: Door

    /// - Throws: `TranscriptError`, `SocketError`, `CoProcesses.Failure`.
    init(configuration: ServerConfiguration, logger: Logger, log: LogOutput) throws {
        self.configuration = configuration
        self.logger = logger
        self.log = log
        logsConnections = logger.logLevel <= .debug
        logsConversations = logger.logLevel <= .info
        lingers = (configuration.lingerSeconds ?? 0) > 0
        desk = configuration.answering == .operatorAtKeyboard ? try OperatorDesk() : nil
        transcript = try configuration.transcript.map { try Transcript(path: $0) }
        if let bytes = transcript?.mendedBytes, bytes > 0 {
            logger.warning(
                "transcript: the last line was not whole, and its answer never sent; \(bytes) bytes are cut off")
        }
        echoesBytes = configuration.answering == .echo && configuration.transcript == nil
        if case .coProcess(let command) = configuration.answering {
            // The two ends of its pipes beside the client's socket.
            let budget = DescriptorBudget(loops: configuration.loops, perClient: 3)
            door = Door(configuration, budget)
            // With room for those that are on their way to their end, which have no descriptors any more.
            let processes = try CoProcesses(command: command, maximum: 2 * budget.clients)
            coProcesses = processes
            complaints = Complaints(reading: processes.complaints)
        } else {
            door = Door(configuration, DescriptorBudget(loops: configuration.loops, perClient: 1))
            (coProcesses, complaints) = (nil, nil)
        }
    }

    func turnsAway(_ client: Endpoint) -> Refusal? { door.turnsAway(client) }
    func keepsOneMoreRefused() -> Bool { door.keepsOneMoreRefused() }
    func left(_ client: Endpoint, wasServed: Bool) { door.left(client, wasServed: wasServed) }

    /// Begins a new transcript where the file of the old one was moved away.
    func reopenTranscript() {
        guard let transcript else { return }
        do {
            try transcript.reopen()
            logger.info("transcript reopened")
        } catch {
            logger.error("\(error) The file that was open is kept.")
        }
    }
}
