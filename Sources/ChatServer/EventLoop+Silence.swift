internal import TCPSockets

/// Connections that say nothing.
extension EventLoop {
    mutating func armSweep() {
        guard !isSweeping, let idle = share.configuration.idleTimeout else { return }
        isSweeping = true
        poller.schedule(Special.sweep, at: now + min(.seconds(1), max(.milliseconds(20), idle / 10)))
    }

    /// Looks for connections that have been silent for too long: one pass now and then, instead of a timer
    /// that is moved with every message.
    mutating func sweep() {
        isSweeping = false
        guard let idle = share.configuration.idleTimeout else { return }
        let operatorAnswers = share.configuration.answering == .operatorAtKeyboard
        for case let connection? in connections {
            // A person may think as long as they like.
            if operatorAnswers, connection.conversation.phase == .answering { continue }
            guard now - connection.lastActivity >= idle else { continue }
            if let departure = connection.departure {
                close(connection, departure)
            } else {
                act(on: connection, connection.conversation.idle())
            }
        }
        if connectionCount > 0 { armSweep() }
    }
}
