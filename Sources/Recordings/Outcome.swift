/// What happened in a cell, computed from its recording.
package struct Outcome: Hashable, Sendable {
    package enum Holder: String, CaseIterable, Codable, Sendable {
        case client, server, both, none
    }

    package enum Ending: String, Codable, Sendable {
        case fin, rst
    }

    /// How the server program saw the conversation end.
    package enum ServerSaw: String, Codable, Sendable {
        case exit, eof, truncated, reset
    }

    /// How an immediate second connection went.
    package struct Reconnect: Hashable, Codable, Sendable {
        package let bind: CallResult
        /// nil where bind() failed already.
        package let connect: CallResult?

        package init(bind: CallResult, connect: CallResult?) {
            (self.bind, self.connect) = (bind, connect)
        }

        package var succeeded: Bool { connect == .ok }
    }

    package let firstToClose: Holder
    package let ending: Ending
    package let timeWait: Holder
    package let serverSaw: ServerSaw
    package let reconnect: Reconnect
    package let bytesSent: Int
    package let bytesLost: Int
    /// How long the client's close() took at most; nil where it made none.
    package let closeSeconds: Double?
    package let resetCause: ResetCause?

    package init(
        firstToClose: Holder, ending: Ending, timeWait: Holder, serverSaw: ServerSaw, reconnect: Reconnect,
        bytesSent: Int, bytesLost: Int, closeSeconds: Double?, resetCause: ResetCause?
    ) {
        (self.firstToClose, self.ending, self.timeWait) = (firstToClose, ending, timeWait)
        (self.serverSaw, self.reconnect) = (serverSaw, reconnect)
        (self.bytesSent, self.bytesLost, self.closeSeconds) = (bytesSent, bytesLost, closeSeconds)
        self.resetCause = resetCause
    }
}
