internal import ChatProtocol
internal import Logging
internal import TCPSockets

/// Questions that a process answers.
extension EventLoop {
    mutating func ask(_ connection: Connection, _ question: String, command: String) {
        if connection.coProcess == nil {
            do {
                let coProcess = try CoProcess(
                    command: command, maximumAnswer: share.configuration.maximumFrame - 1,
                    running: share.coProcesses)
                connection.coProcess = coProcess
                let token = connection.token | Special.coProcess
                try poller.add(coProcess.outputDescriptor, for: [.readable, .edgeTriggered], token: token)
                try poller.add(coProcess.inputDescriptor, for: [.writable, .edgeTriggered], token: token)
            } catch {
                share.logger.error("co-process: \(error)")
                act(on: connection, connection.conversation.answererFailed("the answering process did not start"))
                return
            }
        }
        guard let coProcess = connection.coProcess else { return }
        var outcome = coProcess.ask(question)
        // A line that is there already answers at once; what is not there will come as an event.
        if case .nothing = outcome { outcome = coProcess.readable() }
        switch outcome {
        case .nothing: break
        case .again: poller.schedule(connection.token | Special.coProcess, at: now)
        case .answer(let text): queueAnswer(connection, text, to: connection.question.take() ?? "")
        case .failed(let reason): act(on: connection, connection.conversation.answererFailed(reason))
        }
    }

    mutating func coProcessReady(_ connection: Connection) {
        // What comes while nobody asks is looked at with the next question.
        guard let coProcess = connection.coProcess, connection.conversation.phase == .answering else { return }
        var outcome = coProcess.writable()
        if case .nothing = outcome { outcome = coProcess.readable() }
        switch outcome {
        case .nothing: break
        case .again: poller.schedule(connection.token | Special.coProcess, at: now)
        case .answer(let text): answer(connection, text)
        case .failed(let reason): act(on: connection, connection.conversation.answererFailed(reason))
        }
    }
}
