internal import ChatProtocol
internal import Console
internal import TCPSockets

/// The operator's side of the desk: questions shown as they come, answers taken as they are typed.
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

    private let desk: OperatorDesk
    private let notices: Notices?
    private let editor: any LineEditor
    private let post: (LoopRequest, Int) -> Void
    private var hasInput = true
    /// Whose question stands in the prompt: an answer typed under it is for nobody else.
    private var prompted: QuestionQueue.Address?
    /// Lines that were read together with the one that was needed.
    private var lines: [LineInput] = []

    init(
        desk: OperatorDesk, notices: Notices?, endpoint: Endpoint,
        post: @escaping (LoopRequest, Int) -> Void
    ) {
        self.desk = desk
        self.notices = notices
        self.post = post
        editor = makeLineEditor(history: nil, commands: [], maximumLength: Frame.highestLimit - 1)
        if editor.isInteractive {
            editor.show("Questions appear here; type the answer to the one in the prompt. Ctrl-D ends the server.")
        }
        showPrompt()
    }

    /// What the main thread waits for on behalf of the console.
    var awaited: [Awaited] {
        let wantsLine = hasInput && lines.isEmpty && (editor.isInteractive || desk.current != nil)
        return [
            .input(desk.wakeup.descriptor), notices.map { .input($0.wakeup.descriptor) } ?? .nothing,
            wantsLine ? .input(editor.descriptor) : .nothing,
        ]
    }

    /// - Parameter ready: Positions in `awaited`.
    func handle(_ ready: Set<Int>) -> Outcome {
        if ready.contains(0) { showNews() }
        if ready.contains(1) { notices?.takeAll().forEach(editor.show) }
        if ready.contains(2) {
            do {
                lines += try editor.read()
            } catch {
                lines.append(.endOfInput)
            }
        }
        while !lines.isEmpty, editor.isInteractive || desk.current != nil {
            if take(lines.removeFirst()) == .ended { return .ended }
            showPrompt()
        }
        showPrompt()
        return .goesOn
    }

    private func take(_ input: LineInput) -> Outcome {
        switch input {
        case .line(let text):
            if let entry = answeredEntry() {
                post(.answer(connection: entry.asker.connection, text: text), entry.asker.loop)
            } else if !text.isEmpty {
                editor.show(
                    prompted == nil ? "No question is waiting; nothing was sent." : "Too late; nothing was sent.")
            }
        case .unusable(let number, let reason):
            editor.show("line \(number) of the input is \(reason)")
            if let entry = desk.takeCurrent() { fail(entry, "the answer is \(reason)") }
        case .endOfInput:
            hasInput = false
            if editor.isInteractive { return .ended }
            let reason = "the operator's input has ended"
            desk.close(because: reason).forEach { fail($0, reason) }
        }
        return .goesOn
    }

    private func answeredEntry() -> QuestionQueue.Entry? {
        guard editor.isInteractive else { return desk.takeCurrent() }
        return prompted.flatMap { desk.takeCurrent(of: $0) }
    }

    private func fail(_ entry: QuestionQueue.Entry, _ reason: String) {
        post(.answererFailed(connection: entry.asker.connection, reason: reason), entry.asker.loop)
    }

    private func showNews() {
        for news in desk.takeNews() where editor.isInteractive {
            switch news {
            case .arrived(let entry, let waiting):
                let others = waiting > 1 ? "  (\(waiting - 1) before it)" : ""
                editor.show("\(entry.client) asks: \(visible(entry.question))\(others)")
            case .withdrawn(let entry):
                editor.show("\(entry.client) has gone; its question is withdrawn: \(visible(entry.question))")
            }
        }
    }

    private func showPrompt() {
        guard editor.isInteractive else { return }
        let current = desk.current
        prompted = current?.asker
        editor.prompt = current.map { "\($0.client)> " } ?? "(no question) "
    }

    func pause() { editor.pause() }
    func resume() { editor.resume(afterResize: false) }
    func resized() { editor.resume(afterResize: true) }
    func close() { editor.close() }
}
