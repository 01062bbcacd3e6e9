package import Bench
import Packets
package import Recordings
import Stories
package import TCPSockets

/// What was seen of two programs on two hosts.
package struct TrialResult: Sendable {
    /// A command that has ended, or did not in time.
    package struct Command: Sendable {
        /// Its exit code, or 128 and the number of a signal; nil where it still ran.
        package let status: Int32?
        /// What it wrote last.
        package let lastWords: [String]
    }

    /// The same client once more.
    package struct Again: Sendable {
        package let command: Command
        package let connections: [TrialConnection]
        /// What bind() and connect() returned, in order; nil where that could not be asked.
        package let returns: [CallTracing.Return]?
        /// Whether it ended as it did the first time, and connected if it did then.
        package let worked: Bool

        /// What became of bind() and connect(): by the segments, and where there are none, by the calls; nil where neither was
        /// seen.
        package var bind: CallResult? { connections.isEmpty ? result(of: .bind) : .ok }
        package var connect: CallResult? {
            guard let first = connections.first else { return result(of: .connect) }
            switch first.story.ending {
            case .refused: return .failed(.connectionRefused)
            case _ where first.isEstablished: return .ok
            default: return .noAnswer
            }
        }

        /// Of the first call that failed, or else of the last one.
        private func result(of call: SystemCall) -> CallResult? {
            guard let returns = returns?.filter({ $0.call == call }) else { return nil }
            if let failed = returns.lazy.compactMap(\.errno).first(where: { $0 != .inProgress }) {
                return .failed(failed)
            }
            return returns.isEmpty ? .notCalled : .ok
        }
    }

    /// The same server once more.
    package enum Restart: Sendable {
        /// It listened again on its port, after a time.
        case listens(after: Duration)
        /// It did not; what stood in its table on that port.
        case failed(why: String, holders: [SocketEntry])
    }

    package let kernel: String
    package let listener: Listener
    /// While the client ran: nil where it had not ended by then.
    package let server: Command
    package let client: Command
    package let connections: [TrialConnection]
    package let again: Again?
    package let restart: Restart?
    /// Whether the server had to be killed, since SIGTERM did not end it in time.
    package let hadToKill: Bool
    /// The client's ephemeral ports, such as 32768-60999.
    package let ports: ClosedRange<Int>?
    /// What the recording's clock shows at the beginning of 1970.
    package let epoch: Double

    /// All that crossed, of the first run.
    package var segments: [CapturedSegment] { connections.flatMap(\.segments).sorted { $0.number < $1.number } }
}

extension TrialResult {
    /// Who took a connection; nil where that was not the server on its port.
    func listener(of connection: TrialConnection) -> Listener? {
        let isIts =
            connection.opener == .client && connection.ends.server.port == listener.endpoint.port
            && connection.story.ending != .refused
        return isIts ? listener : nil
    }
}

extension TrialConnection {
    /// Whether both sides had agreed to it.
    var isEstablished: Bool {
        segments.contains { $0.from == opener && $0.segment.flags.contains(.ack) && !$0.segment.flags.contains(.rst) }
    }
}
