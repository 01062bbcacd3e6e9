import Logging
import TCPSockets

/// Answers are recorded before they are sent. Those that the transcript has no room for wait with their connection, and
/// are tried again in turn.
struct Recorder {
    enum Outcome {
        case recorded
        /// The answers are with the connection now. Where it is the first that waits, `LoopToken.transcript` is to come.
        case withheld(isFirst: Bool)
        case failed
    }

    static let interval = Duration.milliseconds(20)
    private let transcript: Transcript?
    private let logger: Logger
    /// For the answers that are not sent yet.
    private var entries = TranscriptEntries()
    /// Connections whose answers wait for room, the longest first.
    private var waiting: [ClientConnection] = []

    init(_ transcript: Transcript?, logger: Logger) {
        self.transcript = transcript
        self.logger = logger
    }

    /// - Throws: what the encoder throws; then the answer must not be sent.
    mutating func add(client: String, question: String, answer: String) throws {
        if transcript != nil { try entries.add(client: client, question: question, answer: answer) }
    }

    @inline(__always)
    func hasWork(for connection: ClientConnection) -> Bool {
        !entries.isEmpty || connection.withheld != nil
    }

    /// Writes the entries of the answers in a buffer, and those that there was no room for before.
    ///
    /// - Parameter outgoing: Holds what may be sent now.
    mutating func record(_ connection: ClientConnection, _ outgoing: inout SendBuffer) -> Outcome {
        var answers = connection.withheld ?? ClientConnection.Withheld(entries: [], answers: [])
        answers.entries += entries.bytes
        entries.removeAll()
        do {
            guard let left = try transcript?.append(answers.entries) else {
                connection.withheld = nil
                outgoing.prepend(answers.answers)
                return .recorded
            }
            answers.entries = left
        } catch {
            logger.error("\(error)")
            outgoing.removeAll()
            return .failed
        }
        answers.answers += outgoing.bytes
        outgoing.removeAll()
        let isFirst = waiting.isEmpty
        let isNew = connection.withheld == nil
        if isNew { waiting.append(connection) }
        connection.withheld = answers
        return .withheld(isFirst: isNew && isFirst)
    }

    /// Takes the connections that wait, the longest first.
    mutating func takeWaiting() -> [ClientConnection] {
        defer { waiting = [] }
        return waiting
    }

    /// Puts back those that wait on, before any that have come to wait meanwhile.
    ///
    /// - Returns: Whether any wait.
    mutating func putBack(_ connections: ArraySlice<ClientConnection>) -> Bool {
        waiting = Array(connections) + waiting
        return !waiting.isEmpty
    }
}
