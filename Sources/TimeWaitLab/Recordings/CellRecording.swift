/// What was recorded while a cell ran: the evidence for everything that is said of it.
public struct CellRecording: Sendable {
    public let cell: Cell
    public let connection: Connection
    /// The passages of the first conversation, to the settled end.
    public let passages: [Passage]
    /// The passages of the second conversation.
    public let reconnectPassages: [Passage]
    public let client: FinishedProgram
    public let reconnect: FinishedProgram
    /// The server's calls on the first conversation's socket, from accept4() to close().
    public let serverCalls: [SocketCall]
    /// How the server said that the first conversation ended.
    public let serverEnding: String
    /// What both hosts kept when the first conversation was over.
    public let aftermath: SocketStates
    /// What both kernels counted during the first conversation.
    public let clientCounters: [String: Int]
    public let serverCounters: [String: Int]
    /// From the client's last segment to the moment at which the same client could connect again; nil where that
    /// was not waited for.
    public var freeAfter: Double?
}

extension CellRecording {
    /// The first conversation, as any other recording.
    public var recording: Recording {
        Recording(cell.id, passages: passages, clientCalls: client.calls, serverCalls: serverCalls)
    }
}

/// A cell that has run.
public struct CellResult: Sendable {
    public var recording: CellRecording
    public let outcome: Outcome

    public var cell: Cell { recording.cell }
}
