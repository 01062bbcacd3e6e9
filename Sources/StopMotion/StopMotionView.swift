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

    init(_ captured: CapturedSegment, in recording: WireRecording) {
        let counted = recording.segments.filter { $0.fate != .absorbed }
        let earlier = counted.prefix { $0.number < captured.number }
        number = earlier.count + 1
        from = captured.from
        let space = SequenceSpace(recording.segments(of: captured.connection))
        text = SegmentText(captured, in: space)
        copies = captured.copies
        let original = captured.segment.length > 0 ? earlier.firstIndex { captured.isCopy(of: $0) } : nil
        repeats = original.map { $0 + 1 }
        isMade = captured.origin == .wire
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
    /// The connection, once a segment of it has appeared.
    var connection: FourTuple? { world.wire.recording.read { $0.segments.first?.connection } }

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
            waiting: waiting.map { WaitingSegment($0, in: recording) },
            held: setAside.map { ($0.label, WaitingSegment(recording.segments[$0.number], in: recording)) },
            isOpen: isOpen)
    }

    private func checkForFailure() throws {
        if let failure = world.wire.recording.read(\.failure) { throw failure }
        if let failure = programs.read(\.failure) { throw failure }
    }

    private func host(_ side: Side, _ states: SocketStates) -> StopMotionView.HostView {
        let entry = states[side]
        let calls = program(side)?.output.read(\.calls) ?? []
        return StopMotionView.HostView(
            side: side, endpoint: connection?[side] ?? (side == .server ? server.endpoint : nil),
            state: connection == nil && side == .server ? .listen : states.state(side), timer: entry?.timer,
            condition: condition(side), calls: calls)
    }

    func program(_ side: Side) -> Program? { side == .server ? server.program : programs.read(\.client) }

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
            return last.map { monotonicSeconds() - $0 > 0.06 } ?? false
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
                throw NotSeen(what: isAboutSegment ? "a segment" : "both hosts to be at rest", time: time)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
