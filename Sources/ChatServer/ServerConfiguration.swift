package import TCPSockets

/// Everything that can be chosen about a server.
package struct ServerConfiguration: Sendable {
    /// Who answers.
    package enum Answering: Sendable, Hashable {
        /// A person, on the server's terminal or through its standard input.
        case operatorAtKeyboard
        /// Nobody: the question is the answer.
        case echo
        /// One process a conversation, which gets each question as a line and answers with a line.
        case coProcess(command: String)
    }

    /// What the server does with the connection upon `exit`.
    package enum CloseOrder: String, CaseIterable, Sendable {
        /// Closes at once.
        case first
        /// Waits for the client's FIN, then closes.
        case last
        /// Never closes, and so keeps CLOSE-WAIT for ever: the leak, on purpose.
        case never
    }

    package var endpoint: Endpoint
    package var reuseAddress = true
    package var answering = Answering.operatorAtKeyboard
    package var closeOrder = CloseOrder.first
    /// The length of the padding that follows each answer; 0 for none.
    package var padding = 0
    /// SO_LINGER for every close of the server, in seconds; nil leaves the default.
    package var lingerSeconds: Int?
    package var maximumClients: Int?
    /// How many clients of one address are served at a time; of one network of 64 bits for IPv6.
    package var maximumPerAddress: Int?
    package var maximumFrame: Int
    /// How long a client may be silent while it is its turn; nil for ever.
    package var idleTimeout: Duration?
    /// How long an answer may take; nil for as long as `idleTimeout` from a process, and for ever from a person.
    package var answerTimeout: Duration?
    /// How long answers in hand are waited for when the server is told to end.
    package var drainTimeout = Duration.seconds(5)
    /// Who may talk to this server; everyone when empty.
    package var allowed: [AllowRule] = []
    /// How many threads serve conversations.
    package var loops = 1
    /// The file that gets a line for each answered question.
    package var transcript: String?

    /// The file of the clients that may talk to this server, by name and key; nil to ask nobody who it is.
    package var identities: String?
    /// How long a client that is asked may take for its proof.
    var proofTimeout = Duration.seconds(10)

    var patienceWithAnswerer: Duration? {
        answerTimeout ?? (answering == .operatorAtKeyboard ? nil : idleTimeout)
    }

    var shortestTimeout: Duration? {
        [idleTimeout, patienceWithAnswerer, identities.map { _ in proofTimeout }].compactMap { $0 }.min()
    }

    package init(endpoint: Endpoint, maximumFrame: Int) {
        self.endpoint = endpoint
        self.maximumFrame = maximumFrame
    }
}
