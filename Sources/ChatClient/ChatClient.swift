import ChatProtocol
package import Console
import Diagnoses
import Glibc
import TCPSockets

// The client. In reading order:
//
//   ClientConfiguration   everything that can be chosen
//   ChatClient            socket → bind → connect → {send → recv} → close
//   Dialling              socket → bind → connect
//   Talk                  {send → recv}
//   Receiver              recv, plain or holding back what `unread` needs
//   TerminalSignals       signals, obeyed or told
//   Aftermath             what the kernel still keeps afterwards
//   ClientError           how it can end other than by exit

/// An ask-answer client: a line is a question, `exit` ends it.
@MainActor
package struct ChatClient {
    private let configuration: ClientConfiguration
    private let signals: TerminalSignals
    private let editor: any LineEditor

    /// Takes over the signals and the keyboard; `run` gives the keyboard back.
    package init(_ configuration: ClientConfiguration) throws {
        self.configuration = configuration
        let caught = try Signals(TerminalSignals.numbers)
        editor = makeLineEditor(
            history: configuration.history, commands: Talk.commands, maximumLength: configuration.maximumFrame)
        signals = TerminalSignals(caught, editor: editor)
        startTrace()
    }

    /// The whole conversation.
    ///
    /// - Returns: The exit status, after anything worth saying was said on standard error.
    package func run() -> ExitStatus {
        defer { editor.close() }
        do {
            return try converse()
        } catch let interruption as Interruption {
            return interruption.status
        } catch is WaitInterrupted {
            return Interruption(signal: signals.handle() ?? SIGINT).status
        } catch let error as DiallingFailed {
            complain("\(error)")
            return error.status
        } catch let error as UsageError {
            complain("\(error)")
            return .usage
        } catch {
            complain(explained(error))
            return ExitStatus(error)
        }
    }

    /// Says what the kernel makes of a port range, where that is something else.
    private func tellEffectiveRange() {
        guard let own = configuration.bind.portRange else { return }
        let range = EphemeralPorts(of: own).range
        guard range != own else { return }
        complain(
            "of --local-port-range \(own.lowerBound)-\(own.upperBound) the kernel keeps the bounds that lie in "
                + "net.ipv4.ip_local_port_range: the port is one of \(range.lowerBound)-\(range.upperBound)")
    }

    private func converse() throws -> ExitStatus {
        tellEffectiveRange()
        // socket → bind → connect
        var dialling = Dialling(configuration, interrupter: signals.interrupter)
        let socket = try dialling.dial()

        // {send → recv}
        var talk = Talk(configuration, editor: editor, signals: signals)
        talk.greet(dialling.ends)
        let end = talk.run(socket)
        if let problem = end.problem { complain(problem) }
        editor.close()

        // close
        let strategy = end.usesStrategy ? configuration.close : .active
        let closing = try socket.close(
            strategy, times: configuration.closeTimes, interrupter: signals.interrupter)
        explain(closing)
        if configuration.showsAftermath, let (local, remote) = dialling.ends {
            Aftermath(local: local, remote: remote, strategy: strategy).show()
        }
        if let signal = signals.handle() {
            // A signal ends the wait inside close() as well (net/core/stream.c, sk_stream_wait_close).
            if strategy == .linger {
                complain("a signal came during close(); what the server had not acknowledged may be lost")
            }
            throw Interruption(signal: signal)
        }
        if case .peerReset = closing.wait { return .connectionLost }
        return end.status
    }

    /// Says what went otherwise than the strategy hoped.
    private func explain(_ closing: Closing) {
        switch closing.wait {
        case .timedOut:
            let seconds = configuration.closeTimes.timeout.inSeconds
            complain("the server did not close within \(seconds) s; closing first")
        case .peerReset(let errno): complain("the server reset the connection while it was being closed: \(errno)")
        case .none, .peerClosed, .interrupted: break
        }
        if closing.bytesDiscarded > 0 {
            complain("\(closing.bytesDiscarded) bytes that came after exit were discarded")
        }
        if closing.hadUnread == false {
            complain("nothing was left unread, so that close() ended the connection as active does")
        }
        if let error = closing.closeError { complain("\(error)") }
    }

    /// Above the line being typed, as long as there is one.
    private func complain(_ problem: String) {
        let line = "chat-client: \(problem)"
        if showsAboveLine { editor.show(line) } else { writeLine(line, to: STDERR_FILENO) }
    }

    /// On a terminal what is said goes above the line being typed, unless standard error goes elsewhere.
    private var showsAboveLine: Bool { editor.isInteractive && isTerminal(STDERR_FILENO) }

    private func startTrace() {
        guard let format = configuration.trace else { return }
        guard showsAboveLine else {
            Trace.start(format)
            return
        }
        let editor = editor
        Trace.start(format) { line in MainActor.assumeIsolated { editor.show(line) } }
    }
}
