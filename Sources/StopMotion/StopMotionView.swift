import Bench
import Packets
package import Recordings
package import Stories
import Synchronization
package import TCPSockets

/// A segment that waits, or has waited.
package struct WaitingSegment: Sendable {
    /// Its place among all that appeared on the wire, from 1; copies of a waiting segment do not count.
    package let number: Int
    package let from: Side
    package let text: SegmentText
    /// How often it came again while it waited.
    package let copies: Int
    /// The number of the one that it repeats, if it is a retransmission.
    package let repeats: Int?
    /// Whether the hand has made it.
    package let isMade: Bool
    /// Whether it has no data and acknowledges the other side's FIN.
    package let acknowledgesFIN: Bool

    init(_ captured: CapturedSegment, in recording: WireRecording, _ language: SegmentText.Language) {
        let counted = recording.segments.filter { $0.fate != .absorbed }
        let earlier = counted.prefix { $0.number < captured.number }
        number = earlier.count + 1
        from = captured.from
        let space = SequenceSpace(recording.segments(of: captured.connection))
        text = SegmentText(captured, in: space, language: language)
        copies = captured.copies
        let original = captured.segment.length > 0 ? earlier.firstIndex { captured.isCopy(of: $0) } : nil
        repeats = original.map { $0 + 1 }
        isMade = captured.origin == .wire
        let segment = captured.segment
        acknowledgesFIN =
            segment.length == 0 && segment.flags.contains(.ack)
            && recording.segments.contains {
                $0.connection == captured.connection && $0.from != captured.from && $0.segment.flags.contains(.fin)
                    && $0.segment.end == segment.acknowledgement
            }
    }
}

/// Everything that there is to see at one moment.
package struct StopMotionView: Sendable {
    package enum Condition: Sendable, Hashable {
        case notStarted, runs, stopped
        case ended(status: Int32?)
    }

    /// A host and the program on it.
    package struct HostView: Sendable {
        package let side: Side
        /// What the program is called.
        package let program: String
        /// Its end of the connection, once there is one.
        package let endpoint: Endpoint?
        package let state: TCPState
        package let timer: SocketEntry.Timer?
        package let condition: Condition
        /// The program's socket calls, the last one last.
        package let calls: [SocketCall]
    }

    package let client, server: HostView
    /// The next one first.
    package let waiting: [WaitingSegment]
    package let held: [(label: Character, segment: WaitingSegment)]
    /// Whether everything crosses by itself.
    package let isOpen: Bool

    package subscript(side: Side) -> HostView { side == .client ? client : server }
}

extension StopMotion {
    /// The connection that the next segment is of, or else the one that moved last; nil before there is one.
    var connection: FourTuple? {
        waiting.first?.connection
            ?? world.wire.recording.read { recording in
                recording.segments.max {
                    ($0.deliveries.last?.time ?? $0.time) < ($1.deliveries.last?.time ?? $1.time)
                }?
                .connection
            }
    }

    /// What both hosts keep of the connection now.
    func states() throws -> SocketStates {
        guard let connection else { return SocketStates() }
        return try world.wire.look(at: connection)
    }

    package func view() throws -> StopMotionView {
        let states = try states()
        let waiting = waiting
        let recording = world.wire.recording.state
        try checkForFailure()
        let (setAside, isOpen) = inside.withLock { ($0.setAside, $0.isOpen) }
        return StopMotionView(
            client: host(.client, states), server: host(.server, states),
            waiting: waiting.map { WaitingSegment($0, in: recording, scenario.language) },
            held: setAside.map {
                ($0.label, WaitingSegment(recording.segments[$0.number], in: recording, scenario.language))
            },
            isOpen: isOpen)
    }

    private func checkForFailure() throws {
        if let failure = world.wire.recording.read(\.failure) { throw failure }
        if let failure = programs.read(\.failure) { throw failure }
    }

    private func host(_ side: Side, _ states: SocketStates) -> StopMotionView.HostView {
        let entry = states[side]
        let calls = program(side)?.calls ?? []
        return StopMotionView.HostView(
            side: side, program: side == .client ? scenario.names.client : scenario.names.server,
            endpoint: connection?[side] ?? (side == .server ? listener : nil),
            state: connection == nil && side == .server ? .listen : states.state(side), timer: entry?.timer,
            condition: condition(side), calls: calls)
    }

    func program(_ side: Side) -> PlayedProgram? { side == .server ? server : programs.read(\.client) }

    private func condition(_ side: Side) -> StopMotionView.Condition {
        guard let program = program(side) else { return .notStarted }
        if side == .client, let status = programs.read(\.clientStatus) { return .ended(status: status) }
        switch program.activity {
        case .gone: return .ended(status: nil)
        case .stopped: return .stopped
        case .busy, .asleep: return .runs
        }
    }

    // MARK: - rest

    /// Whether nothing moves at the moment: no segment on its way to the wire, no program that runs, and for as long as a
    /// kernel may wait with its acknowledgement (40 ms: TCP_DELACK_MIN, include/net/tcp.h) none has come.
    private func isAtRest() throws -> Bool {
        guard try world.wire.isQuiet else { return false }
        for side in Side.allCases where program(side)?.activity == .busy { return false }
        return world.wire.recording.read { recording in
            let last = recording.segments.map { max($0.time, $0.deliveries.last?.time ?? 0) }.max()
            // A client that has ended without a segment sends none any more.
            return last.map { monotonicSeconds() - $0 > 0.06 } ?? programs.read { $0.clientStatus != nil }
        }
    }

    /// How long the longest of those timers runs still by which a kernel sends something again; nil without one.
    private func timeToRetransmission() throws -> Duration? {
        let states = try states()
        return Side.allCases.compactMap { states[$0]?.timer }
            .filter { [.retransmission, .zeroWindowProbe].contains($0.kind) }.map(\.remaining).max()
    }

    /// Whether a kernel will send something again by itself.
    private func hasTimer() throws -> Bool { try timeToRetransmission() != nil }

    /// Whether it is over: the client program has ended, no segment waits or is held, and none will come by itself.
    package func isOver() throws -> Bool {
        try checkForFailure()
        guard programs.read({ $0.clientStatus != nil }), inside.withLock({ $0.setAside.isEmpty }), waiting.isEmpty,
            try isAtRest()
        else { return false }
        return try !hasTimer()
    }

    /// Whether only a hand can bring it on: nothing waits, and no kernel will send anything by itself but copies of what is held.
    private func isStuck() throws -> Bool {
        guard waiting.isEmpty, try isAtRest() else { return false }
        return try inside.withLock { !$0.setAside.isEmpty } || !hasTimer()
    }

    /// Waits until a command can be carried out as if there had been plenty of time: everything is at rest, and
    /// - if the command is about the next segment - one waits, or none will come.
    ///
    /// - Parameter time: How long to wait at most, beyond what a kernel's timer takes to send something again.
    /// - Throws: `NotSeen`, where it cannot be told what comes next.
    package func rest(forSegment isAboutSegment: Bool, within time: Duration = Pace.current.patience) async throws {
        var deadline = ContinuousClock.now + time
        while try !isOver() {
            let isAtRest = try isAtRest()
            if isAtRest, !isAboutSegment || !waiting.isEmpty { return }
            let isStuck = try isAtRest && isStuck()
            if isStuck, programs.read({ $0.clientStatus != nil }) { return }
            if isAtRest, !isStuck, let left = try timeToRetransmission() {
                deadline = max(deadline, .now + left + time)
            }
            if ContinuousClock.now > deadline {
                // A program that still runs might have sent something; but it had its time.
                if isStuck { return }
                throw NotSeen(what: isAboutSegment ? "a segment" : "both hosts to go quiet", time: time)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
