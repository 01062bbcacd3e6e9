import ChatProtocol
import Console
import Identities
import TCPSockets
import Text

/// What is said between connect() and close(): {send → recv}.
///
/// Keyboard, socket and signals are waited for together, so that a server that closes while the user types is
/// noticed at once. From a pipe, a question is read when the one before has its answer.
@MainActor
struct Session {
    /// Words that mean something else than a question, at a terminal.
    static let commands = ["exit", "/help", "/state"]

    private let editor: any LineEditor
    private let signals: TerminalSignals
    private let diagnostics: Diagnostics
    private let maximumFrame: Int
    private let identity: Identity?
    /// Until when a challenge may come: a server that sends one does so at once. Before that nothing is said.
    private var challengeDue: ContinuousClock.Instant?
    private var proof: Proof?
    static let patienceWithChallenge = Duration.seconds(5)
    private var receiver: Receiver
    private var lines: [LineInput] = []
    private var unanswered = 0
    /// Whether a frame has come: a challenge is the first one.
    private var hasHeard = false
    private var end: SessionEnd?

    init(
        _ configuration: ClientConfiguration, editor: any LineEditor, signals: TerminalSignals, diagnostics: Diagnostics
    ) {
        self.editor = editor
        self.signals = signals
        self.diagnostics = diagnostics
        identity = configuration.identity
        challengeDue = identity.map { _ in ContinuousClock.now + Self.patienceWithChallenge }
        maximumFrame = configuration.maximumFrame
        receiver = Receiver(holdsBack: configuration.close == .unread, limit: configuration.maximumFrame)
    }

    /// Says hello to a person.
    func greet(_ local: Endpoint, _ remote: Endpoint) {
        guard editor.isInteractive else { return }
        editor.show("Connected: \(local) → \(remote). Type a question, or exit; /help says more.")
        editor.prompt = "> "
    }

    /// Asks and shows answers until one side ends it.
    mutating func run(_ socket: borrowing TCPSocket) -> SessionEnd {
        do throws(SocketError) {
            while end == nil {
                let ready = try wait(
                    for: [
                        .input(signals.descriptor), receiver.awaited(socket, answerIsDue: unanswered > 0),
                        wantsLine ? .input(editor.descriptor) : .nothing,
                    ], until: challengeDue)
                if ready.contains(0) { signalled() }
                if ready.contains(1), end == nil { receive(socket) }
                if let proof = proof.take() { try send(Frame.bytes(of: .proof(proof)), socket) }
                if let due = challengeDue, ContinuousClock.now >= due { goOnUnasked() }
                if ready.contains(2), end == nil { readLines() }
                try sendLines(socket)
            }
        } catch {
            // What the server said before it went is still there to be read, and says more than EPIPE.
            if end == nil { receive(socket) }
            end = end ?? .lost(error)
        }
        return end ?? .exit
    }

    // MARK: send

    /// A person may type ahead; from a pipe the next question waits for the answer to the last one.
    private var mayAsk: Bool { editor.isInteractive || unanswered == 0 }
    private var wantsLine: Bool { lines.isEmpty && mayAsk && challengeDue == nil }

    private mutating func readLines() {
        do {
            lines += try editor.read()
        } catch {
            end = .unusableInput("\(error)")
        }
    }

    private mutating func sendLines(_ socket: borrowing TCPSocket) throws(SocketError) {
        while end == nil, mayAsk, challengeDue == nil, !lines.isEmpty {
            switch lines.removeFirst() {
            case .line(let line) where editor.isInteractive && isBlank(line): break
            case .line(let line) where editor.isInteractive && line.hasPrefix("/") && !line.hasPrefix("//"):
                command(line, socket)
            case .line(let line): try say(Message(typed: unescaped(line)), socket)
            case .unusable(_, let reason) where editor.isInteractive: editor.show("the line is \(reason); not sent")
            case .unusable(let number, let reason): end = .unusableInput("line \(number) is \(reason)")
            case .endOfInput: try say(.exit, socket)
            }
        }
    }

    /// At a terminal, a question that begins with a slash is typed with two.
    private func unescaped(_ line: String) -> String {
        editor.isInteractive && line.hasPrefix("//") ? String(line.dropFirst()) : line
    }

    private mutating func say(_ message: Message, _ socket: borrowing TCPSocket) throws(SocketError) {
        switch message {
        case .question(let text):
            guard Frame.length(ofText: text) <= maximumFrame else {
                let reason = "a question of \(text.utf8.count) bytes does not fit a frame of \(maximumFrame)"
                if editor.isInteractive { editor.show("\(reason); not sent") } else { end = .unusableInput(reason) }
                return
            }
            try receiver.answerIsDue(socket)
            try send(Frame.bytes(of: message), socket)
            unanswered += 1
        case .exit:
            try send(Frame.bytes(of: message), socket)
            end = end ?? .exit
        case .answer, .error, .padding, .challenge, .proof: preconditionFailure("a client says only questions and exit")
        }
    }

    private mutating func send(_ bytes: [UInt8], _ socket: borrowing TCPSocket) throws(SocketError) {
        var rest = bytes[...]
        while !rest.isEmpty, end == nil {
            rest = rest.dropFirst(try socket.send(rest))
            if rest.isEmpty { return }
            // The server's answers are read meanwhile, lest both sides wait for the other to read.
            let ready = try wait(for: [.input(signals.descriptor), .inputOrOutput(socket.descriptor)])
            if ready.contains(0) { signalled() }
            if ready.contains(1) { receive(socket) }
        }
    }

    // MARK: recv

    private mutating func receive(_ socket: borrowing TCPSocket) {
        do throws(SocketError) {
            let reception = try receiver.receive(socket, answersDue: unanswered)
            for message in reception.messages where end == nil { take(message) }
            if end == nil, let violation = reception.violation { end = .violated(violation) }
            if end == nil, reception.isEndOfStream {
                end = receiver.isAtBoundary ? .serverClosed(unanswered: unanswered) : .truncated
            }
        } catch {
            end = .lost(error)
        }
    }

    private mutating func take(_ message: Message) {
        defer {
            hasHeard = true
            challengeDue = nil
        }
        switch message {
        case .answer(let text):
            guard unanswered > 0 else {
                end = .violated(.unasked)
                return
            }
            unanswered -= 1
            editor.show(visible(text))
            if let lost = editor.lostResult { end = .answerLost(lost) }
        case .error(let code, let text): end = .refused(code, text)
        case .padding: break
        case .challenge where hasHeard: end = .violated(.untimely(.challenge))
        case .challenge(let challenge):
            if let identity { proof = identity.proof(to: challenge) } else { end = .challenged }
        case .question, .exit, .proof: preconditionFailure("the decoder refuses what only clients send")
        }
    }

    private mutating func goOnUnasked() {
        challengeDue = nil
        diagnostics.report("the server does not ask who you are; the identity \(identity?.name ?? "") is not sent")
    }

    // MARK: signals and commands

    private mutating func signalled() {
        if let signal = signals.handle() { end = .interrupted(Interruption(signal: signal)) }
    }

    private func command(_ line: String, _ socket: borrowing TCPSocket) {
        switch line {
        case "/help":
            editor.show("exit    end the conversation (so does Ctrl-D)")
            editor.show("/state  the state of this connection in the kernel")
            editor.show("//...   a question that begins with /")
            editor.show("An empty line is not sent. The up arrow brings back what was typed.")
        case "/state":
            editor.show(socket.state.map { "\($0)" } ?? "no TCP state")
        default: editor.show("\(line): no such command; /help lists them")
        }
    }
}
