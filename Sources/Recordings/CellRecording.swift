/// What was recorded while a cell ran: the evidence for everything that is said of it.
package struct CellRecording: Sendable {
    package let cell: Cell
    package let connection: FourTuple
    /// The segments of the first conversation, to the settled end.
    package let segments: [CapturedSegment]
    /// The segments of the second conversation.
    package let reconnectSegments: [CapturedSegment]
    package let client: FinishedProgram
    package let reconnect: FinishedProgram
    /// The server's calls on the first conversation's socket, from accept4() to close().
    package let serverCalls: [SocketCall]
    /// How the server said that the first conversation ended.
    package let serverEnding: ConversationEnd.Way
    /// What both hosts kept when the first conversation was over.
    package let aftermath: SocketStates
    /// When that was looked at: seconds on CLOCK_MONOTONIC.
    package let settledAt: Double
    /// What both kernels counted during the first conversation.
    package let clientCounters: [String: Int]
    package let serverCounters: [String: Int]
    /// Seconds from the client's last segment to the end of what kept its port from the next one; nil where that was not
    /// waited for.
    package var freeAfter: Double?

    package init(
        cell: Cell, connection: FourTuple, segments: [CapturedSegment], reconnectSegments: [CapturedSegment],
        client: FinishedProgram, reconnect: FinishedProgram, serverCalls: [SocketCall],
        serverEnding: ConversationEnd.Way,
        aftermath: SocketStates, settledAt: Double = 0, clientCounters: [String: Int], serverCounters: [String: Int],
        freeAfter: Double? = nil
    ) {
        (self.cell, self.connection) = (cell, connection)
        (self.segments, self.reconnectSegments) = (segments, reconnectSegments)
        (self.client, self.reconnect, self.serverCalls) = (client, reconnect, serverCalls)
        (self.serverEnding, self.aftermath, self.settledAt) = (serverEnding, aftermath, settledAt)
        (self.clientCounters, self.serverCounters, self.freeAfter) = (clientCounters, serverCounters, freeAfter)
    }
}

extension CellRecording {
    /// The first conversation, as any other recording.
    package var recording: Recording {
        Recording(cell.id, segments: segments, clientCalls: client.calls, serverCalls: serverCalls)
    }
}

/// A cell that has run.
package struct CellResult: Sendable {
    package var recording: CellRecording
    package let outcome: Outcome

    package init(recording: CellRecording, outcome: Outcome) {
        (self.recording, self.outcome) = (recording, outcome)
    }

    package var cell: Cell { recording.cell }
}
