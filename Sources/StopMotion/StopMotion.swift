import Bench
import Glibc
import Packets
import Recordings
import Stories
import Synchronization
import TCPSockets

/// A conversation in stop-motion: each segment waits on the wire until a hand moves it.
///
/// Where a cell's order is pinned, the server program is stopped from the delivery of `exit` until the client's FIN or RST
/// behind it has had its turn: what follows in microseconds must not lose the race against a program because a hand is
/// slower.
package final class StopMotion: Sendable {
    /// What the hand can do.
    package enum Command: Hashable, Sendable {
        case deliver, drop
        /// Deliver it twice, back to back.
        case duplicate
        /// Set it aside; it gets a letter.
        case hold
        /// Let a segment that was set aside be the next again.
        case takeBack(Character)
        /// Deliver a RST in the name of the sender of the next segment.
        case reset
        /// Let everything cross from now on.
        case open
    }

    /// Why a command cannot be carried out now.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    struct Inside {
        var setAside: [(label: Character, number: Int)] = []
        /// Taken back, and so before all others.
        var front: [Int] = []
        var isOpen = false
        /// The client's last segment, for which the server program is stopped.
        var awaited: Int?
        var events = SegmentEvents()
    }

    struct Programs {
        var client: PlayedProgram?
        var clientStatus: Int32?
        /// Why the client program could not be run.
        var failure: (any Error)?
    }

    /// All segments wait.
    struct Gate: Rule {
        func consider(_ captured: CapturedSegment) -> Decision? { .hold }
    }

    let scenario: Scenario
    let world: World
    let server: PlayedProgram
    /// Where the server listens.
    let listener: Endpoint
    let programs = ConditionVariable(Programs())
    let inside = Mutex(Inside())

    init(_ scenario: Scenario, _ world: World, _ server: PlayedProgram, _ listener: Endpoint) {
        (self.scenario, self.world, self.server, self.listener) = (scenario, world, server, listener)
    }

    // MARK: - the hand

    /// - Throws: `Refusal`, where nothing has changed; `LaboratoryError`.
    package func perform(_ command: Command) async throws {
        let waiting = waiting
        switch command {
        case .deliver: try await deliver(try next(waiting), times: 1)
        case .duplicate: try await deliver(try next(waiting), times: 2)
        case .drop:
            let captured = try next(waiting)
            world.wire.drop(captured.number)
            haveHadTurn(captured)
        case .hold: try setAside(try next(waiting))
        case .takeBack(let label): try takeBack(label)
        case .reset: try reset(try next(waiting))
        case .open:
            inside.withLock { inside in
                inside.isOpen = true
                inside.setAside = []
            }
            try world.wire.letGo(obeying: scenario.isPinned ? [ExitWithEnding(isExit: Chat.isExit)] : [])
            goOn()
        }
    }

    /// The segments that wait, the next one first.
    var waiting: [CapturedSegment] {
        let held = world.wire.recording.read { $0.segments.filter { $0.fate == .held } }
        return inside.withLock { inside in
            let others = held.filter { captured in
                !inside.front.contains(captured.number) && !inside.setAside.contains { $0.number == captured.number }
            }
            return inside.front.compactMap { number in held.first { $0.number == number } } + others
        }
    }

    private func next(_ waiting: [CapturedSegment]) throws(Refusal) -> CapturedSegment {
        guard let next = waiting.first else { throw Refusal(description: "No segment waits.") }
        return next
    }

    private func deliver(_ captured: CapturedSegment, times: Int) async throws {
        if scenario.isPinned, case .chat(let server) = server, captured.from == .client, Chat.isExit(captured.segment),
            !captured.segment.isEnding, let ending = try await ending(behind: captured)
        {
            try await server.stop()
            inside.withLock { $0.awaited = ending.number }
        }
        try world.wire.release(captured.number, times: times)
        haveHadTurn(captured)
    }

    /// The client's FIN or RST behind its `exit`. It follows within microseconds, but a hand can be quicker than a busy
    /// machine: what has not come yet is awaited. It cannot come any more once the exit was sent again, for then it waits for
    /// that one's acknowledgement (RFC 5681 section 3.1, loss window).
    ///
    /// - Returns: nil where none waits: it is held, or was dropped.
    private func ending(behind exit: CapturedSegment) async throws -> CapturedSegment? {
        func found() -> CapturedSegment? {
            waiting.first { $0.number != exit.number && $0.from == .client && $0.segment.isEnding }
        }
        let deadline = ContinuousClock.now + Pace.current.scaled(.seconds(1))
        while true {
            if let ending = found() { return ending }
            if try hasSentEnding(behind: exit) || isOver() || ContinuousClock.now > deadline { return nil }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Whether the client's FIN or RST has appeared already, whatever became of it.
    private func hasSentEnding(behind exit: CapturedSegment) -> Bool {
        world.wire.recording.read { recording in
            recording.segments(of: exit.connection, from: exit.number).contains {
                $0.origin == .host && $0.from == .client && $0.segment.isEnding
            }
        }
    }

    private func setAside(_ captured: CapturedSegment) throws(Refusal) {
        let isDone = inside.withLock { inside in
            let taken = inside.setAside.map(\.label)
            guard let label = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".first(where: { !taken.contains($0) }) else { return false }
            inside.front.removeAll { $0 == captured.number }
            inside.setAside.append((label, captured.number))
            inside.events.add(.setAside(label), captured)
            return true
        }
        guard isDone else { throw Refusal(description: "All 26 letters are in use: no more segments can be held.") }
        haveHadTurn(captured)
    }

    private func takeBack(_ label: Character) throws(Refusal) {
        let isDone = inside.withLock { inside in
            guard let index = inside.setAside.firstIndex(where: { $0.label == label }) else { return false }
            inside.front.insert(inside.setAside.remove(at: index).number, at: 0)
            return true
        }
        guard isDone else { throw Refusal(description: "No segment is held as \(label).") }
    }

    private func reset(_ captured: CapturedSegment) throws {
        let segments = world.wire.recording.read { $0.segments(of: captured.connection) }
        let reset = SequenceSpace(segments).reset(from: captured.from, on: captured.connection)
        try world.wire.inject(reset, from: captured.from)
    }

    /// A stopped server program goes on once the segment for which it was stopped has had its turn.
    private func haveHadTurn(_ captured: CapturedSegment) {
        let isAwaited = inside.withLock { inside in
            inside.front.removeAll { $0 == captured.number }
            return inside.awaited == captured.number
        }
        if isAwaited { goOn() }
    }

    private func goOn() {
        let wasStopped = inside.withLock { $0.awaited.take() != nil }
        if wasStopped, case .chat(let server) = server { server.signal(SIGCONT) }
    }
}

extension Segment {
    /// Whether it ends what its sender has to say.
    fileprivate var isEnding: Bool { flags.contains(.fin) || flags.contains(.rst) }
}
