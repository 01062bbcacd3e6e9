import Glibc
import TCPSockets

// The connections of this machine, live, from the kernel's own tracepoints. It knows no laboratory. In reading order:
//
//   EventFormat, PageFormat     how this kernel writes events, from its own description
//   EventPage, EventDecoder     from a page of its ring buffer to a KernelEvent
//   SocketLife                  one end of a connection
//   ConnectionTracker           from transitions to connections that are over, some of them after a pause (DueLives); ConnectionStory
//                               is what they come to
//   Processes                   the programs
//   TraceFS, TraceInstance      the kernel's files, and what is left of them: nothing; TraceReader reads them
//   Watch                       all of it together
//   WatchFigures, WatchTable    counted by service and program, and as a screen
//   Sample                      the socket table instead, for those who may not trace

/// Watches the TCP connections of this machine.
package final class Watch {
    package struct Options: Sendable {
        package var ports: [UInt16] = []
        package var kibibytes: Int?

        package init(ports: [UInt16] = [], kibibytes: Int? = nil) {
            (self.ports, self.kibibytes) = (ports, kibibytes)
        }
    }

    private let instance: TraceInstance
    private var reader: TraceReader
    private var tracker: ConnectionTracker
    private let processes: Processes
    /// What is read at once: after so many events a pause lets more come, for each waking costs.
    private static let burst = 32
    private static let pause: Duration = .milliseconds(20)
    private var mustPause = false

    /// Instances of killed processes that were removed.
    package var removedInstances: Int { instance.removedCount }
    package var liveCount: Int { tracker.liveCount }
    package var givenUp: Int { tracker.givenUp }
    package var lostEnds: Int { tracker.lostEnds }
    package var resetsWithoutSocket: [String: Int] { tracker.resetsWithoutSocket }
    /// From CLOCK_MONOTONIC to seconds since 1970.
    package let calendarOffset: Double

    /// Begins to watch.
    ///
    /// - Throws: `TracingError`.
    package init(_ options: Options) throws {
        instance = try TraceInstance(ports: options.ports, kibibytes: options.kibibytes)
        reader = TraceReader(instance)
        let began = TraceReader.now()
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        calendarOffset = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - Double(began) / 1e9
        let processes = Processes(tracing: instance.root)
        self.processes = processes
        let table = try? KeptTable()
        let reasons = instance.decoder.reasons
        tracker = ConnectionTracker(
            listening: table?.listeningPorts() ?? [],
            .init(
                program: { processes.program(of: $0) }, state: { table?.state($0, $1) }, word: { reasons[$0] }))
    }

    /// Stops, and leaves nothing in tracefs. Calling it again does nothing.
    package func stop() { instance.remove() }

    /// How many events were lost so far.
    package func lostEvents() -> Int { instance.lostEvents() }

    /// Waits for events, for other descriptors, or for a time, and takes in what has come.
    ///
    /// - Returns: What is over, and which of the other descriptors can be read.
    package func step(
        also others: [CInt], until deadline: ContinuousClock.Instant
    ) throws -> (results: [ConnectionTracker.Result], ready: Set<Int>) {
        let soon = ContinuousClock.now + Self.pause
        let mustLookSoon = reader.hasPending || mustPause || tracker.isWaiting
        let pipes = mustPause ? [] : instance.pipes
        let ready = try wait(
            for: others.map { .input($0) } + pipes.map { .input($0) },
            until: mustLookSoon ? min(soon, deadline) : deadline)
        processes.expectNews()
        let (until, count) = reader.read { tracker.take($0) }
        if let loss = reader.lastLoss { tracker.noteLoss(at: loss) }
        mustPause = count >= Self.burst
        return (tracker.takeResults(until: until), ready.filter { $0 < others.count })
    }

    /// Takes in what is left, and tells what is over without waiting for what may still come of it.
    package func finish() -> [ConnectionTracker.Result] {
        usleep(UInt32(2 * TraceReader.settlingTime / 1000))
        processes.expectNews()
        _ = reader.read { tracker.take($0) }
        return tracker.takeResults(until: .max)
    }
}

/// The kernel's socket table, held open: `SocketTable` cannot be captured by a closure.
private final class KeptTable {
    private let table: SocketTable

    init() throws { table = try SocketTable() }

    func state(_ local: Endpoint, _ remote: Endpoint) -> TCPState? {
        (try? table.find(local: local, remote: remote))?.state
    }

    func listeningPorts() -> Set<UInt16> {
        var ports: Set<UInt16> = []
        try? table.forEach(in: [.listen]) { ports.insert($0.local.port) }
        return ports
    }
}
