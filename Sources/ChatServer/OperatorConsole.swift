import ChatProtocol
import Console
import TCPSockets
import Text

/// The operator's side of the inbox: questions shown as they come, answers taken as they are typed.
///
/// On a terminal the line being typed survives whatever is shown. From a pipe each line is the answer to the
/// next question, and a line is read only when a question waits for it.
@MainActor
final class OperatorConsole {
    enum Outcome {
        case goesOn
        /// The operator has ended the input at the terminal, and with it the server.
        case ended
    }

    private let inbox: OperatorInbox
    private let notices: Notices?
    private let editor: any LineEditor
    private let post: (LoopRequest, Int) -> Void
    private var hasInput = true
    /// The question in the prompt: what is typed under it is for its asker and nobody else.
    private var prompted: QuestionQueue.Entry?
    /// Lines that were read together with the one that was needed.
    private var lines: [LineInput] = []

    init(
        inbox: OperatorInbox, notices: Notices?, endpoint: Endpoint,
        post: @escaping (LoopRequest, Int) -> Void
    ) {
        self.inbox = inbox
        self.notices = notices
        self.post = post
        editor = makeLineEditor(history: nil, commands: [], maximumLength: Frame.highestLimit - 1)
        if editor.isInteractive {
            editor.show("Questions appear here; type the answer to the one in the prompt. /help says more.")
            editor.prompt = Self.prompt(nil)
        }
    }

    /// What the main thread waits for on behalf of the console.
    var awaited: [Awaited] {
        let wantsLine = hasInput && lines.isEmpty && (editor.isInteractive || inbox.current != nil)
        return [
            .input(inbox.descriptor), notices.map { .input($0.descriptor) } ?? .nothing,
            wantsLine ? .input(editor.descriptor) : .nothing,
        ]
    }

    /// - Parameter ready: Positions in `awaited`.
    func handle(_ ready: Set<Int>) -> Outcome {
        if ready.contains(0) { showEvents() }
        if ready.contains(1) { notices?.takeAll().forEach(editor.show) }
        if ready.contains(2) {
            do {
                lines += try editor.read()
            } catch {
                lines.append(.endOfInput)
            }
        }
        while !lines.isEmpty, editor.isInteractive || inbox.current != nil {
            if take(lines.removeFirst()) == .ended { return .ended }
            showPrompt()
        }
        showPrompt()
        return .goesOn
    }

    private func take(_ input: LineInput) -> Outcome {
        switch input {
        case .line(let text) where editor.isInteractive: typed(text)
        case .line(let text):
            if let entry = inbox.takeCurrent() { answer(entry, text) }
        case .unusable(_, let reason) where editor.isInteractive:
            editor.show("The line is \(reason); nothing was sent.")
        case .unusable(let number, let reason):
            editor.show("line \(number) of the input is \(reason)")
            if let entry = inbox.takeCurrent() { fail(entry, "the answer is \(reason)") }
        case .endOfInput:
            hasInput = false
            let reason = editor.isInteractive ? "the operator has left" : "the operator's input has ended"
            inbox.close(because: reason).forEach { fail($0, reason) }
            guard editor.isInteractive else { break }
            editor.close()
            return .ended
        }
        return .goesOn
    }

    /// A line from a person. An empty one is no answer: it could not be taken back.
    private func typed(_ line: String) {
        if isBlank(line) { return }
        if line == "/help" { return Self.help.forEach(editor.show) }
        guard let prompted else { return editor.show("No question was in the prompt; nothing was sent.") }
        guard let entry = inbox.takeCurrent(of: prompted.asker) else {
            return editor.show("\(prompted.label) has left; nothing was sent.")
        }
        answer(entry, line == "//help" ? "/help" : line)
    }

    private static let help = [
        "The prompt names who gets the line. It does not change while you type.",
        "An empty line is not sent. The up arrow brings back what was typed.",
        "Ctrl-C  end the server; open questions can still be answered",
        "Ctrl-D  end the server at once",
        "//help  the answer /help",
    ]

    private func answer(_ entry: QuestionQueue.Entry, _ text: String) {
        post(.answer(connection: entry.asker.connection, text: text), entry.asker.loop)
    }

    private func fail(_ entry: QuestionQueue.Entry, _ reason: String) {
        post(.answererFailed(connection: entry.asker.connection, reason: reason), entry.asker.loop)
    }

    private func showEvents() {
        for event in inbox.takeEvents() where editor.isInteractive {
            switch event {
            case .arrived(let entry, let waiting):
                let others = waiting > 1 ? "  (\(waiting - 1) before it)" : ""
                editor.show("\(entry.label) asks: \(visible(entry.question))\(others)")
            case .withdrawn(let entry):
                editor.show("\(entry.label) has left; its question is withdrawn: \(visible(entry.question))")
            }
        }
    }

    /// Puts the question whose turn it is into the prompt; but not over a line that was begun under another one: half an
    /// answer is for nobody else.
    private func showPrompt() {
        guard editor.isInteractive, hasInput, case let current = inbox.current, current != prompted, !editor.hasDraft
        else {
            return
        }
        // Typed when the question before was in the prompt, and not for that one: for whom, nobody can tell.
        let isTypedAhead = prompted != nil && current != nil && (editor.discardUnread() || !lines.isEmpty)
        prompted = current
        editor.prompt = Self.prompt(current)
        if isTypedAhead {
            lines = []
            editor.show("What you typed before this question was in the prompt was not sent; type it again.")
        }
    }

    private static func prompt(_ entry: QuestionQueue.Entry?) -> String {
        entry.map { "\($0.label)> " } ?? "(no question) "
    }

    /// Says how long what is in hand may take, now that the server is to end.
    func ends(within time: Duration) {
        guard editor.isInteractive, hasInput, time > .zero, inbox.current != nil else { return }
        editor.show("Ending within \(time.inSeconds) s; open questions can still be answered. Ctrl-C ends now.")
    }

    func pause() { editor.pause() }
    func resume(after change: TerminalChange) { editor.resume(after: change) }
    func close() { editor.close() }
}
