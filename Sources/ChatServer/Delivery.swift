import ChatProtocol
import Logging
import TCPSockets

/// What the connection whose turn it is has to say: gathered, recorded, and sent by one send().
struct Delivery: ~Copyable {
    enum Outcome {
        case sent
        /// The socket takes no more for now.
        case full
        case closed
        /// Its answers wait for the transcript; where they are the first, `LoopToken.transcript` is to come.
        case withheld(isFirst: Bool)
        case notRecorded
    }

    /// A client that does not read is not read from, once so many bytes wait for it.
    static let highWater = 262_144
    private var outgoing = SendBuffer(keptCapacity: 2 * Self.highWater)
    var recorder: Recorder

    init(_ recorder: Recorder) {
        self.recorder = recorder
    }

    @inline(__always)
    func hasRoom(_ connection: ClientConnection) -> Bool {
        connection.unsent.count + outgoing.count < Self.highWater && connection.closeReason == nil
            && connection.withheld == nil
    }

    /// Whether the client has got everything that was said to it.
    func owesNothing(_ connection: ClientConnection) -> Bool {
        connection.unsent.isEmpty && outgoing.isEmpty && connection.withheld == nil
    }

    /// - Parameter text: Has been checked already.
    @inline(__always)
    mutating func append(answer text: UnsafeRawBufferPointer) { outgoing.append(answer: text) }

    mutating func append(_ message: Message) { outgoing.append(message) }

    mutating func append(padding length: Int) { outgoing.append(padding: length) }

    @inline(__always)
    mutating func deliver(_ connection: ClientConnection, now: Moment) throws(SocketError) -> Outcome {
        if recorder.hasWork(for: connection) {
            switch recorder.record(connection, &outgoing) {
            case .recorded: break
            case .withheld(let isFirst): return .withheld(isFirst: isFirst)
            case .failed: return .notRecorded
            }
        }
        guard !outgoing.isEmpty || !connection.unsent.isEmpty else { return .sent }
        defer { outgoing.removeAll() }
        guard connection.isOpen else { return .closed }
        return try connection.send(outgoing, now: now) ? .sent : .full
    }
}
