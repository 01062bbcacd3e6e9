import Packets
package import Recordings
import TCPSockets
import Text

/// What came of a conversation in stop-motion, computed from its recording.
package struct StopMotionOutcome: Sendable {
    package let firstToClose: Outcome.Holder
    /// The host in whose name the first RST that was delivered came, and whether the hand had made it; nil without one.
    package let reset: Reset?
    /// Whether a FIN of each side was delivered: then the connection is over for both, whatever came later.
    package let isEndedByFIN: Bool
    /// What both hosts kept at the end.
    package let states: SocketStates
    package let clientStatus: Int32
    /// What the client program said on standard error.
    package let clientComplaint: String
    /// nil where it still runs.
    package let serverStatus: Int32?
    /// How the server program said that the conversation ended; nil where it has not said so.
    package let serverEnding: ConversationEnd.Way?
    /// Whether nothing was sent at all.
    private let isEmpty: Bool
    /// What the programs are called.
    private let names: (client: String, server: String)

    package struct Reset: Sendable, Hashable {
        package let from: Side
        package let isMade: Bool
        /// Whether nothing was left to end but the receiver's TIME-WAIT (RFC 1337).
        package let endsTimeWait: Bool

        init(_ captured: CapturedSegment) {
            from = captured.from
            isMade = captured.origin == .wire
            endsTimeWait = captured.deliveries.first?.before.state(captured.from.other) == .timeWait
        }
    }

    /// - Parameters:
    ///   - recording: All that crossed.
    ///   - states: What both hosts kept at the end.
    package init(
        _ recording: WireRecording, states: SocketStates, client: FinishedProgram, serverStatus: Int32?,
        serverEnding: ConversationEnd.Way?, names: (client: String, server: String)
    ) {
        firstToClose = ConnectionHistory(recording.segments)?.story().firstToClose ?? .none
        reset = recording.segments.first { $0.segment.flags.contains(.rst) && !$0.deliveries.isEmpty }
            .map(Reset.init)
        isEndedByFIN = Side.allCases.allSatisfy { side in
            recording.segments.contains {
                $0.from == side && $0.segment.flags.contains(.fin) && !$0.deliveries.isEmpty
            }
        }
        (self.states, self.serverStatus, self.serverEnding) = (states, serverStatus, serverEnding)
        isEmpty = recording.segments.isEmpty
        (clientStatus, clientComplaint, self.names) = (client.status, client.complaint, names)
    }

    /// In a few lines.
    package var lines: [String] {
        [closing, holding, programs] + (clientComplaint.isEmpty ? [] : [clientComplaint])
    }

    private var closing: String {
        if isEmpty { return "No segment was sent." }
        let first =
            switch firstToClose {
            case .client: "The client closed first"
            case .server: "The server closed first"
            case .both: "Both closed at the same time: their FINs crossed"
            case .none: "Neither side closed"
            }
        guard let reset else {
            return isEndedByFIN ? "\(first); the connection ended by FIN." : "\(first); the connection has not ended."
        }
        let sender =
            reset.isMade
            ? "a RST injected in the \(reset.from.rawValue)'s name" : "a RST from the \(reset.from.rawValue)"
        return reset.endsTimeWait
            ? "\(first); the connection ended by FIN, and \(sender) ended TIME-WAIT (RFC 1337)."
            : "\(first); \(sender) ended the connection."
    }

    private var holding: String {
        let holders = Side.allCases.compactMap { side -> String? in
            guard let entry = states[side], entry.state == .timeWait else { return nil }
            let left = entry.timer.map { ", \($0.remaining.inTenths) s left" } ?? ""
            return "the \(side.rawValue)'s host (\(entry.local)\(left))"
        }
        var text =
            holders.isEmpty ? "Neither host holds TIME-WAIT" : "TIME-WAIT is on " + holders.joined(separator: " and ")
        for side in Side.allCases where ![.closed, .timeWait, .listen].contains(states.state(side)) {
            text += "; the \(side.rawValue)'s host is in \(states.state(side))"
        }
        return text + "."
    }

    private var programs: String {
        let name = names.client.hasPrefix("the ") ? "T\(names.client.dropFirst())" : names.client
        let client = "\(name) exited with \(clientStatus), \(names.server)"
        guard let serverStatus else { return "\(client) was still running." }
        let saw = serverEnding.map { " (it saw: \($0))" } ?? ""
        return "\(client) with \(serverStatus)\(saw)."
    }
}
