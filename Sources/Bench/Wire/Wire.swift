import Glibc
package import Packets
package import Recordings
import Synchronization
import TCPSockets

/// The wire between two hosts. The laboratory carries every packet across itself, one after the other, so that it sees
/// all, decides the order, and can look at both hosts' sockets between any two.
///
/// write() to a TUN device returns when the receiving kernel has dealt with the packet (drivers/net/tun.c, tun_get_user),
/// so that what the socket tables show after a delivery is its effect.
package final class Wire: Sendable {
    private struct Inside {
        var rules: [any Rule] = []
        /// Segments under way, the earliest due first.
        var delayed: [(due: Double, number: Int)] = []
        var isStopped = false
        /// Whether anything was ever held: only then a segment can be a copy of one that is.
        var hasHeld = false
    }

    /// What crossed, and whoever waits for something to cross.
    package let recording = ConditionVariable(WireRecording())
    private let client: any WiredHost
    private let server: any WiredHost
    private let inside = Mutex(Inside())
    private let event: EventDescriptor

    /// Joins two hosts. The wire works until `stop`.
    package init(between client: any WiredHost, and server: any WiredHost) throws {
        self.client = client
        self.server = server
        event = try EventDescriptor()
        try detachThread { [self] in
            do {
                try carry()
            } catch {
                let failure = LaboratoryError("the wire broke: \(error)")
                recording.change { $0.failure = failure }
            }
        }
    }

    /// Cuts the wire: nothing crosses any more.
    package func stop() {
        inside.withLock { $0.isStopped = true }
        event.signal()
    }

    /// Forgets what crossed so far, and lets go of what is held: a new experiment begins.
    package func beginAnew() {
        inside.withLock { inside in
            inside.rules = []
            inside.delayed = []
            recording.change { $0 = WireRecording() }
        }
    }

    /// Puts rules in force, in place of those before; what those held stays held.
    package func obey(_ rules: [any Rule]) {
        inside.withLock { $0.rules = rules }
    }

    /// Delivers a held segment, or a delayed one before its time.
    ///
    /// - Parameter times: How often, back to back.
    package func release(_ number: Int, times: Int = 1) throws {
        try inside.withLock { inside in
            inside.delayed.removeAll { $0.number == number }
            try deliver(Array(repeating: number, count: times))
        }
    }

    /// Lets go of all that is held or delayed, in the order in which it appeared, as if it appeared only now.
    ///
    /// - Parameter rules: In force from now on, in place of those before.
    package func letGo(obeying rules: [any Rule] = []) throws {
        try inside.withLock { inside in
            inside.rules = rules
            inside.delayed = []
            for captured in recording.read({ $0.segments.filter { $0.fate == .held } }) {
                try carryOut(decide(captured, &inside), captured, &inside)
            }
        }
    }

    /// Whether there is nothing that a host has sent and the wire has not taken yet.
    package var isQuiet: Bool {
        get throws { try wait(for: [.input(client.wireEnd), .input(server.wireEnd)], until: .now).isEmpty }
    }

    /// Waits until it has taken all that the hosts have sent. The devices tell nobody that they are empty.
    package func quiet(within time: Duration = Pace.current.patience) async throws {
        let deadline = ContinuousClock.now + time
        while try !isQuiet {
            guard ContinuousClock.now < deadline else { throw NotSeen(what: "a quiet wire", time: time) }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Gives up a held segment, or a delayed one.
    package func drop(_ number: Int) {
        inside.withLock { inside in
            inside.delayed.removeAll { $0.number == number }
            recording.change { $0.segments[number].fate = .dropped }
        }
    }

    /// Delivers a segment that no host has sent, or a copy of one, in the name of a host.
    @discardableResult
    package func inject(_ segment: Segment, from side: Side) throws -> Int {
        try inside.withLock { _ in
            let captured = try note(segment, from: side, origin: .wire)
            try deliver([captured.number])
            return captured.number
        }
    }

    /// What both hosts keep of a connection now.
    @discardableResult
    package func look(at connection: FourTuple) throws -> SocketStates {
        try sample(of: connection).states
    }

    /// The same, with the time of the look.
    package func sample(of connection: FourTuple) throws -> StateSample {
        try inside.withLock { _ in
            let sample = try sampled(connection)
            recording.change {
                $0.latest[connection] = sample
                $0.samples.append(sample)
            }
            return sample
        }
    }

    // MARK: - the wire's own thread

    private func carry() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let (isStopped, due) = inside.withLock { ($0.isStopped, $0.delayed.first?.due) }
            if isStopped { return }
            let deadline = due.map { ContinuousClock.now + .seconds(max(0, $0 - monotonicSeconds())) }
            _ = try wait(
                for: [.input(client.wireEnd), .input(server.wireEnd), .input(event.descriptor)], until: deadline)
            event.drain()
            try deliverDelayed()
            for host: any WiredHost in [client, server] { try takeOne(from: host, &buffer) }
        }
    }

    /// One from each in turn, so that an answer crosses before what the other side sends for want of it: a wire that
    /// is late must not make a host wait longer than it has to.
    private func takeOne(from host: any WiredHost, _ buffer: inout [UInt8]) throws {
        let count = read(host.wireEnd, &buffer, buffer.count)
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else { throw LaboratoryError("read from the wire", errno) }
        // Nothing but TCP is of interest; what else a kernel sends by itself ends here.
        guard let segment = Segment(packet: Array(buffer[..<count])) else { return }
        try inside.withLock { try take(segment, from: host.side, &$0) }
    }

    private func deliverDelayed() throws {
        try inside.withLock { inside in
            while let next = inside.delayed.first, next.due <= monotonicSeconds() {
                inside.delayed.removeFirst()
                try deliver([next.number])
            }
        }
    }

    // MARK: - with the lock held

    private func take(_ segment: Segment, from side: Side, _ inside: inout Inside) throws {
        let captured = try note(segment, from: side, origin: .host)
        let isCopy =
            inside.hasHeld
            && recording.change { recording in
                guard let held = recording.segments.last(where: { $0.fate == .held && captured.isCopy(of: $0) })
                else { return false }
                recording.segments[held.number].copies += 1
                recording.segments[captured.number].fate = .absorbed
                return true
            }
        if !isCopy { try carryOut(decide(captured, &inside), captured, &inside) }
    }

    private func decide(_ captured: CapturedSegment, _ inside: inout Inside) -> Decision {
        for index in inside.rules.indices {
            if let decision = inside.rules[index].consider(captured) { return decision }
        }
        return .deliver([captured.number])
    }

    private func carryOut(_ decision: Decision, _ captured: CapturedSegment, _ inside: inout Inside) throws {
        switch decision {
        case .deliver(let numbers):
            if !numbers.contains(captured.number) { hold(captured, &inside) }
            try deliver(numbers)
        case .hold: hold(captured, &inside)
        case .drop: recording.change { $0.segments[captured.number].fate = .dropped }
        case .replace(let segment):
            recording.change { $0.segments[captured.number].fate = .dropped }
            try deliver([note(segment, from: captured.from, origin: .wire).number])
        case .delay(let time):
            hold(captured, &inside)
            let due = max(captured.time + time.inSeconds, inside.delayed.last?.due ?? 0)
            inside.delayed.append((due, captured.number))
        }
    }

    private func hold(_ captured: CapturedSegment, _ inside: inout Inside) {
        inside.hasHeld = true
        recording.change { $0.segments[captured.number].fate = .held }
    }

    private func note(_ segment: Segment, from side: Side, origin: CapturedSegment.Origin) throws -> CapturedSegment {
        let time = monotonicSeconds()
        let sample = try sampled(FourTuple(segment, from: side))
        return recording.change {
            let captured = CapturedSegment(
                number: $0.segments.count, origin: origin, from: side, segment: segment, time: time,
                states: sample.states)
            $0.segments.append(captured)
            $0.latest[sample.connection] = sample
            return captured
        }
    }

    /// Delivers segments of one connection back to back. Between them nothing is looked at, so that as little time passes as
    /// can be.
    private func deliver(_ numbers: [Int]) throws {
        let segments = recording.read { all in numbers.filter(all.segments.indices.contains).map { all.segments[$0] } }
        guard let first = segments.first, segments.count == numbers.count else {
            throw LaboratoryError("there are no segments \(numbers) to deliver")
        }
        let before = try sampled(first.connection).states
        var times: [Double] = []
        for captured in segments {
            times.append(monotonicSeconds())
            let receiver = captured.from == .client ? server : client
            let packet = captured.segment.packet
            let written = write(receiver.wireEnd, packet, packet.count)
            guard written == packet.count else { throw LaboratoryError("write to the wire", errno) }
        }
        let after = try sampled(first.connection)
        recording.change { recording in
            for (index, number) in numbers.enumerated() {
                let isLast = index == numbers.count - 1
                recording.segments[number].fate = .delivered
                recording.segments[number].deliveries.append(
                    .init(time: times[index], before: before, after: isLast ? after.states : before))
            }
            recording.latest[first.connection] = after
        }
    }

    /// What both hosts keep of a connection now.
    private func sampled(_ connection: FourTuple) throws -> StateSample {
        let states = SocketStates(
            client: try client.socket(local: connection.client, remote: connection.server),
            server: try server.socket(local: connection.server, remote: connection.client))
        return StateSample(time: monotonicSeconds(), connection: connection, states: states)
    }
}
