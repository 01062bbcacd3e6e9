import ChatProtocol
import Glibc
import Logging
import TCPSockets

/// Signals, and the end of the server; and what is looked at now and then while it runs.
extension EventLoop {
    mutating func signalled() {
        while let signal = signals?.next() {
            switch signal {
            case SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH: signals?.pass(signal)
            case SIGHUP:
                share.reopenTranscript()
                // The kernel sends it a moment before it takes the terminal away (drivers/tty/tty_jobctrl.c).
                poller.schedule(Special.hangUp, at: now + .milliseconds(100))
            default: drainAll()
            }
        }
    }

    /// The first time with patience, the second time without.
    mutating func drainAll() {
        share.logger.info("shutting down")
        signals?.drain(deadline: isDraining || isToldToEnd ? now : now + share.configuration.drainTimeout)
        isToldToEnd = true
        signals?.pass(SIGTERM)
    }

    mutating func drain(until deadline: Moment) {
        isDraining = true
        stopListening()
        poller.schedule(Special.drainDeadline, at: deadline)
        for case let connection? in connections { act(on: connection, connection.conversation.drain()) }
    }

    mutating func giveUpAll() {
        isOutOfTime = true
        for case let connection? in connections { giveUp(connection) }
    }

    /// The time for draining is over: who still waits for an answer is told, if the socket takes it at once.
    private mutating func giveUp(_ connection: Connection) {
        if waitsForAnswer(connection) {
            let isWithheld = dropWithheld(connection)
            let reason = isWithheld ? "the answer could not be recorded in time" : "the answer did not come in time"
            outgoing.append(.error(.shuttingDown, reason))
            flush(connection)
            // What has come already must not turn the close into a RST, which would destroy the frame.
            try? connection.socket?.shutdownSending()
            _ = try? connection.socket?.receive(into: scratch)
        }
        act(on: connection, connection.conversation.abort())
    }

    mutating func scheduleLog() {
        guard !isLogScheduled else { return }
        isLogScheduled = true
        poller.schedule(Special.log, at: now + logInterval)
    }

    mutating func goOnLogging() {
        isLogScheduled = false
        // A reader who reads gets more at once; one who does not is looked at less and less often.
        logInterval = share.log.goOn() ? .milliseconds(5) : min(logInterval * 2, .milliseconds(320))
    }

    mutating func endProcess(_ process: pid_t) {
        if departing.isEmpty { poller.schedule(Special.departing, at: now) }
        departing.end(process, now: now)
    }

    mutating func lookAtDeparting() {
        guard let coProcesses = share.coProcesses else { return }
        departing.look(coProcesses, now: now)
        if !departing.isEmpty { poller.schedule(Special.departing, at: now + DepartingProcesses.lookInterval) }
    }
}
