import ChatProtocol
import Identities
import Logging
import TCPSockets

/// What all event loops of a server have in common.
final class ServerContext: Sendable {
    let configuration: ServerConfiguration
    let logger: Logger
    let log: LogOutput
    /// Whether every connection is logged. Asking the logger each time would copy its handler each time.
    let logsConnections: Bool
    private let logsConversations: Bool
    /// Whether an answer is the bytes of its question, and nobody wants to know its text.
    let echoesBytes: Bool
    /// Whether a close waits for the client, for a time.
    let lingers: Bool
    /// Where questions wait, when a person answers.
    let inbox: OperatorInbox?
    let transcript: Transcript?
    let coProcesses: CoProcesses?
    private let knownClients: KnownClients?
    private let failedProofs = FailedProofs()
    private let admission: AdmissionControl

    /// - Throws: `TranscriptError`, `IdentityFile.Unusable`, `SocketError`, `CoProcesses.Failure`.
    init(configuration: ServerConfiguration, logger: Logger, log: LogOutput) throws {
        self.configuration = configuration
        self.logger = logger
        self.log = log
        logsConnections = logger.logLevel <= .debug
        logsConversations = logger.logLevel <= .info
        lingers = (configuration.lingerSeconds ?? 0) > 0
        inbox = configuration.answering == .operatorAtKeyboard ? try OperatorInbox() : nil
        knownClients = try configuration.identities.map { KnownClients(try IdentityFile.read($0)) }
        transcript = try configuration.transcript.map { try Transcript(path: $0) }
        if let bytes = transcript?.mendedBytes, bytes > 0 {
            logger.warning(
                "transcript: the last line was incomplete, its answer never sent; \(bytes) bytes were cut off")
        }
        echoesBytes = configuration.answering == .echo && configuration.transcript == nil
        if case .coProcess(let command) = configuration.answering {
            // The two ends of its pipes beside the client's socket.
            let budget = DescriptorBudget(loops: configuration.loops, perClient: 3)
            admission = AdmissionControl(configuration, budget)
            // With room for those that are on their way to their end, which have no descriptors any more.
            coProcesses = try CoProcesses(command: command, maximum: 2 * budget.clients)
        } else {
            admission = AdmissionControl(configuration, DescriptorBudget(loops: configuration.loops, perClient: 1))
            coProcesses = nil
        }
    }

    func admit(_ client: Endpoint) -> Refusal? { admission.admit(client) }
    func keepOneMoreRefused() -> Bool { admission.keepOneMoreRefused() }
    func left(_ client: Endpoint, wasServed: Bool) { admission.left(client, wasServed: wasServed) }

    /// Tells how a conversation ended: in the trace for programs, and in the log for people.
    ///
    /// - Parameter name: Of a client that has proved it.
    func tellEnd(of client: Endpoint, named name: String? = nil, _ reason: CloseReason) {
        Trace.note("conversation-over", reason.arguments(client))
        guard logsConversations else { return }
        logger.info("conversation over", metadata: ["client": "\(name ?? client.description)", "ending": "\(reason)"])
    }

    /// Tells that a client did not get all of its answers.
    func tellLoss(of bytes: Int, _ client: String) {
        logger.warning(
            "\(bytes) bytes of answers were lost: they could not be sent in time",
            metadata: ["client": "\(client)"])
    }

    /// Whether clients are asked who they are.
    var challenges: Bool { knownClients != nil }

    func accepts(_ proof: Proof, to challenge: Challenge) -> Bool {
        knownClients?.accepts(proof, to: challenge) ?? false
    }

    /// - Returns: How long the answer to a wrong proof is to wait.
    func countFailedProof(of client: Endpoint, now: Moment) -> Duration { failedProofs.count(client, now: now) }

    /// Takes up a changed file of identities. Who is being served stays.
    func reloadIdentities() {
        guard let knownClients, let path = configuration.identities else { return }
        do {
            let identities = try IdentityFile.read(path)
            knownClients.replace(by: identities)
            logger.info("identities reloaded: \(identities.count)")
        } catch {
            logger.error("\(error) The previous identities stay in use.")
        }
    }

    /// Begins a new transcript where the file of the old one was moved away.
    func reopenTranscript() {
        guard let transcript else { return }
        do {
            try transcript.reopen()
            logger.info("transcript reopened")
        } catch {
            logger.error("\(error) The old file stays open.")
        }
    }
}
