import ChatProtocol
import Logging
import TCPSockets

/// Answers that are recorded before they are sent.
extension EventLoop {
    /// Writes the entries of the answers in `outgoing`, and those that the transcript had no room for before.
    ///
    /// - Returns: Whether what is in `outgoing` now may be sent.
    mutating func record(_ connection: Connection) -> Bool {
        var waiting = connection.withheld ?? Connection.Withheld(entries: [], answers: [])
        waiting.entries += entries.bytes
        entries.removeAll()
        do {
            let left = try share.transcript?.append(waiting.entries)
            guard let left else {
                connection.withheld = nil
                outgoing.prepend(waiting.answers)
                return true
            }
            waiting.entries = left
        } catch {
            share.logger.error("\(error)")
            failToRecord(connection)
            return false
        }
        waiting.answers += outgoing.bytes
        outgoing.removeAll()
        if connection.withheld == nil { goOnRecordingLater(connection) }
        connection.withheld = waiting
        return false
    }

    /// None of its answers that are not recorded goes out.
    mutating func failToRecord(_ connection: Connection) {
        connection.withheld = nil
        connection.departure = nil
        outgoing.removeAll()
        guard connection.socket != nil else { return }
        act(on: connection, connection.conversation.answererFailed(Self.notRecorded))
    }

    private mutating func goOnRecordingLater(_ connection: Connection) {
        if unrecorded.isEmpty { poller.schedule(Special.transcript, at: now + Self.recordingInterval) }
        unrecorded.append(connection)
    }

    /// Tries again for those that wait for room in the transcript, in turn, until there is none again.
    mutating func goOnRecording() {
        var waiting = unrecorded[...]
        unrecorded = []
        while let connection = waiting.first {
            if connection.socket != nil, connection.withheld != nil { advance(connection) }
            if connection.socket != nil, connection.withheld != nil { break }
            waiting.removeFirst()
        }
        unrecorded = waiting + unrecorded
        if !unrecorded.isEmpty { poller.schedule(Special.transcript, at: now + Self.recordingInterval) }
    }

    private static let recordingInterval = Duration.milliseconds(20)
    static let notRecorded = "the answer could not be recorded"
}
