import TCPSockets

/// The run as a whole: opening, running, finishing.
extension LoadLoop {
    mutating func start() {
        let conversation = Conversation(mode: configuration.mode, strategy: configuration.close)
        connections = (0..<configuration.connections).map {
            LoadConnection(number: $0, conversation: conversation, limit: frameLimit)
        }
        liveCount = connections.count
        switch configuration.mode {
        case .persistent:
            limitPhase(to: configuration.connectTimeout)
        case .churn:
            beginMeasuring()
            for connection in connections { connect(connection) }
        }
    }

    /// Opens persistent connections, some at a time; when all are open, or lost, the run begins.
    mutating func openMore() {
        while phase == .opening, openingCount < Self.openingAtATime, nextToOpen < connections.count {
            nextToOpen += 1
            openingCount += 1
            connections[nextToOpen - 1].isOpening = true
            connect(connections[nextToOpen - 1])
        }
        if phase == .opening, openingCount == 0 {
            beginMeasuring()
            for connection in connections where connection.socket != nil {
                connection.started = .now
                act(on: connection, connection.conversation.begin())
            }
        }
    }

    /// A persistent connection is open, or will never be. The main loop opens more.
    mutating func openingEnded() {
        openingCount -= 1
    }

    private mutating func beginMeasuring() {
        phase = .running
        now = .now
        began = now
        lastProgress = (now, 0)
        limitPhase(to: configuration.duration)
    }

    private mutating func limitPhase(to duration: Duration) {
        deadline = now + duration
        poller.schedule(Special.deadline, at: deadline)
    }

    mutating func deadlinePassed() {
        switch phase {
        case .opening:
            // The others have called no connect(), so it has not failed: they are left out.
            for connection in connections where connection.isOpening {
                let error = SocketError(.connect, .timedOut, endpoint: configuration.server)
                act(on: connection, connection.conversation.fail(.call(error)))
            }
            for connection in connections[nextToOpen...] { retire(connection) }
            nextToOpen = connections.count
        case .running: endRun()
        case .finishing: finish()
        case .over: break
        }
    }

    /// No conversation begins any more, and none counts.
    mutating func endRun() {
        if phase == .opening { began = now }
        phase = .finishing
        ended = now
        limitPhase(to: configuration.grace)
        for connection in connections {
            if connection.socket == nil {
                retire(connection)
            } else {
                act(on: connection, connection.conversation.runEnded())
            }
        }
    }

    /// Whatever is left is given up.
    mutating func finish() {
        ended = ended ?? now
        for connection in connections where connection.socket != nil {
            act(on: connection, connection.conversation.fail(.unfinished))
        }
        phase = .over
    }

    /// The first signal ends the run, with its results so far; the second one does not wait for the grace.
    mutating func interrupted(by signal: CInt) {
        if self.signal != nil { return finish() }
        self.signal = signal
        if phase == .opening || phase == .running { endRun() }
    }

    /// A place that will have no connection any more.
    mutating func retire(_ connection: LoadConnection) {
        guard !connection.isRetired else { return }
        connection.isRetired = true
        liveCount -= 1
    }
}
