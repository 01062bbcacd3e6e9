package import Console
import Diagnoses
import Glibc
import TCPSockets

// The client. In reading order:
//
//   ClientConfiguration   everything that can be chosen
//   ChatClient            socket → bind → connect → {send → recv} → close
//   ConnectionAttempts    the server's addresses, one after the other; ConnectionAttempt, AllAddressesFailed
//   ServerConnection      a socket with its two ends
//   Session               {send → recv}
//   SessionEnd            how it can end, by exit or otherwise
//   Receiver              recv, plain or holding back what `unread` needs
//   TerminalSignals       signals, obeyed or told; Interruption
//   Diagnostics           what it says on standard error; UsageError
//   Aftermath             what the kernel still keeps afterwards

/// An ask-answer client: a line is a question, `exit` ends it.
@MainActor
package struct ChatClient {
    private let configuration: ClientConfiguration
    private let signals: TerminalSignals
    private let editor: any LineEditor
    private let diagnostics: Diagnostics

    /// Takes over the signals and the keyboard; `run` gives the keyboard back.
    package init(_ configuration: ClientConfiguration) throws {
        self.configuration = configuration
        let caught = try Signals(TerminalSignals.numbers)
        editor = makeLineEditor(
            history: configuration.history, commands: Session.commands, maximumLength: configuration.maximumFrame)
        signals = TerminalSignals(caught, editor: editor)
        diagnostics = Diagnostics(editor)
        if let format = configuration.trace { diagnostics.startTrace(format) }
    }

    /// The whole conversation.
    ///
    /// - Returns: The exit status, after anything worth saying was said on standard error.
    package func run() -> ExitStatus {
        defer { editor.close() }
        do {
            if let range = configuration.bind.portRange { diagnostics.reportEffectiveRange(of: range) }
            return try converse()
        } catch let interruption as Interruption {
            return interruption.status
        } catch is WaitInterrupted {
            return Interruption(signal: signals.handle() ?? SIGINT).status
        } catch let error as AllAddressesFailed {
            diagnostics.report("\(error)")
            return error.status
        } catch let error as UsageError {
            diagnostics.report("\(error)")
            return .usage
        } catch {
            diagnostics.report(explained(error))
            return ExitStatus(error)
        }
    }

    /// socket → bind → connect → {send → recv} → close
    private func converse() throws -> ExitStatus {
        let attempts = try ConnectionAttempts(configuration, interrupter: signals.interrupter)
        let connection = try attempts.first { attempt in
            let socket = try open(attempt)
            let bound = try bind(socket, attempt)
            return try connect(bound, attempt)
        }
        let end = sendAndReceive(connection)
        return try close(connection, after: end)
    }

    private func open(_ attempt: ConnectionAttempt) throws -> TCPSocket {
        do {
            return try TCPSocket(attempt.remote.address.family)
        } catch {
            throw attempt.explain(error)
        }
    }

    private func bind(_ socket: consuming TCPSocket, _ attempt: ConnectionAttempt) throws -> TCPSocket {
        do {
            try socket.bind(configuration.bind, family: attempt.remote.address.family)
        } catch {
            throw attempt.giveUp(socket, because: error)
        }
        return socket
    }

    private func connect(_ socket: consuming TCPSocket, _ attempt: ConnectionAttempt) throws -> ServerConnection {
        let local: Endpoint
        do {
            if try socket.connect(to: attempt.remote) == .inProgress { try attempt.awaitConnection(of: socket) }
            local = try socket.localEndpoint()
            if local == attempt.remote { throw AddressDiagnosis(connectedToItself: local) }
        } catch {
            throw attempt.giveUp(socket, because: error)
        }
        return ServerConnection(socket: socket, local: local, remote: attempt.remote)
    }

    private func sendAndReceive(_ connection: borrowing ServerConnection) -> SessionEnd {
        var session = Session(configuration, editor: editor, signals: signals, diagnostics: diagnostics)
        session.greet(connection.local, connection.remote)
        let end = session.run(connection.socket)
        if let problem = end.problem { diagnostics.report(problem) }
        editor.close()
        return end
    }

    private func close(_ connection: consuming ServerConnection, after end: SessionEnd) throws -> ExitStatus {
        let (local, remote) = (connection.local, connection.remote)
        let strategy = end.usesStrategy ? configuration.close : .active
        let closing = try connection.takeSocket().close(
            strategy, times: configuration.closeTimes, interrupter: signals.interrupter)
        diagnostics.report(closing, timeout: configuration.closeTimes.timeout)
        if configuration.showsAftermath { Aftermath(local: local, remote: remote, strategy: strategy).show() }
        if let signal = signals.handle() {
            // A signal ends the wait inside close() as well (net/core/stream.c, sk_stream_wait_close).
            if strategy == .linger {
                diagnostics.report("a signal interrupted close(); what the server had not acknowledged may be lost")
            }
            throw Interruption(signal: signal)
        }
        if case .peerReset = closing.wait { return .connectionLost }
        return end.status
    }
}
