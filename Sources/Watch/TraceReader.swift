import Glibc
import TCPSockets

/// Reads the buffers of all processors, and puts their events into the order of time.
struct TraceReader: ~Copyable {
    /// An event's time is taken before it is in its buffer. By then another processor's later one may have been read: so what is
    /// younger than this is kept for the next time.
    static let settlingTime: UInt64 = 2_000_000

    private let instance: TraceInstance
    private let page: UnsafeMutableRawBufferPointer
    private var events: [KernelEvent] = []
    /// Whether something was read that is too young to be handed over.
    private(set) var hasPending = false
    /// When the last events were found to be missing.
    private(set) var lastLoss: UInt64?

    init(_ instance: TraceInstance) {
        self.instance = instance
        page = .allocate(byteCount: instance.pageSize, alignment: 8)
    }

    deinit { page.deallocate() }

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Hands over what has come, in order.
    ///
    /// - Returns: The time before which nothing will come any more, and how many events there were.
    mutating func read(_ body: (KernelEvent) -> Void) -> (until: UInt64, count: Int) {
        let until = Self.now() - Self.settlingTime
        lastLoss = nil
        for pipe in instance.pipes { drain(pipe) }
        // One sorted run for each processor, which is what this sort is quick at.
        events.sort { $0.time < $1.time }
        let count = events.firstIndex { $0.time > until } ?? events.count
        for event in events[..<count] { body(event) }
        events.removeFirst(count)
        hasPending = !events.isEmpty
        return (until, count)
    }

    private mutating func drain(_ pipe: CInt) {
        while true {
            let count = Glibc.read(pipe, page.baseAddress, page.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            let bytes = UnsafeRawBufferPointer(rebasing: page[..<count])
            let decoder = instance.decoder
            let hasLost = EventPage.forEach(in: bytes, instance.pageFormat) { time, bytes in
                if let event = decoder.event(at: time, bytes) { events.append(event) }
            }
            if hasLost { lastLoss = Self.now() }
        }
    }
}
