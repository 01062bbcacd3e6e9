internal import CLinux
internal import Glibc
internal import HeapModule

/// Waits for many descriptors and for points in time, on one thread.
///
/// The corresponding C functions are `epoll_create1`, `epoll_ctl` and `epoll_wait` (epoll(7)). A port of this
/// package to another system replaces this type.
public struct Poller: ~Copyable {
    /// Says to its user what an event is about; the poller attaches no meaning to it.
    public typealias Token = UInt64

    public struct Interest: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static var readable: Interest { Interest(rawValue: EPOLLIN.rawValue) }
        public static var writable: Interest { Interest(rawValue: EPOLLOUT.rawValue) }
        /// The peer has shut down its sending side.
        public static var peerClosed: Interest { Interest(rawValue: EPOLLRDHUP.rawValue) }
        /// Tell of each change once, instead of as long as it lasts.
        public static var edgeTriggered: Interest { Interest(rawValue: clinux_epollet()) }
        /// Of several pollers that wait for one socket, wake one.
        public static var exclusive: Interest { Interest(rawValue: clinux_epollexclusive()) }
    }

    public struct Readiness: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static var readable: Readiness { Readiness(rawValue: EPOLLIN.rawValue) }
        public static var writable: Readiness { Readiness(rawValue: EPOLLOUT.rawValue) }
        /// The peer has shut down its sending side.
        public static var peerClosed: Readiness { Readiness(rawValue: EPOLLRDHUP.rawValue) }
        /// Both directions are over, by two FINs or by a RST.
        public static var hungUp: Readiness { Readiness(rawValue: EPOLLHUP.rawValue) }
        /// The socket has an error to tell: after a RST, ECONNRESET or EPIPE.
        public static var failed: Readiness { Readiness(rawValue: EPOLLERR.rawValue) }
    }

    private struct Timer: Comparable {
        let instant: Moment
        let token: Token

        static func < (left: Timer, right: Timer) -> Bool { left.instant < right.instant }
    }

    private let descriptor: CInt
    private let events: UnsafeMutableBufferPointer<epoll_event>
    private var timers = Heap<Timer>()

    /// - Parameter capacity: How many events one `wait` brings at most.
    public init(capacity: Int = 512) throws(SocketError) {
        let result = try systemCall(.epollCreate, on: -1, isTraced: false) {
            Int(epoll_create1(CInt(EPOLL_CLOEXEC)))
        }
        descriptor = CInt(result)
        events = .allocate(capacity: capacity)
    }

    deinit {
        events.deallocate()
        Glibc.close(descriptor)
    }

    /// Begins to watch a descriptor. It is forgotten by itself when it is closed, unless it has duplicates
    /// (epoll(7), questions and answers).
    public borrowing func add(_ descriptor: CInt, for interest: Interest, token: Token) throws(SocketError) {
        try control(EPOLL_CTL_ADD, descriptor, interest, token)
    }

    /// Changes what a watched descriptor is watched for.
    public borrowing func change(_ descriptor: CInt, for interest: Interest, token: Token) throws(SocketError) {
        try control(EPOLL_CTL_MOD, descriptor, interest, token)
    }

    /// Stops watching a descriptor.
    public borrowing func remove(_ descriptor: CInt) throws(SocketError) {
        try control(EPOLL_CTL_DEL, descriptor, [], 0)
    }

    private borrowing func control(
        _ operation: CInt, _ watched: CInt, _ interest: Interest, _ token: Token
    ) throws(SocketError) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = token
        try systemCall(.epollControl, on: watched, isTraced: false) {
            Int(epoll_ctl(descriptor, operation, watched, &event))
        }
    }

    /// Asks for the token at a point in time. There is no taking back: who schedules looks, when the time comes,
    /// whether it still matters, and if not yet, schedules again. So a deadline that moves with each message costs nothing.
    public mutating func schedule(_ token: Token, at instant: Moment) {
        timers.insert(Timer(instant: instant, token: token))
    }

    /// Waits until a descriptor is ready, a scheduled point in time has come, or a signal was caught.
    ///
    /// - Parameter mayBlock: False to look only at what is there already.
    /// - Returns: How many descriptors are ready; `subscript` tells which.
    public mutating func wait(mayBlock: Bool = true) throws(SocketError) -> Int {
        let untilDue = timers.min.map { $0.instant.milliseconds(from: .now) }
        let timeout = mayBlock ? untilDue ?? -1 : 0
        do {
            return try systemCall(.epollWait, on: descriptor, isTraced: false) {
                Int(epoll_wait(descriptor, events.baseAddress, CInt(events.count), CInt(clamping: timeout)))
            }
        } catch {
            if error.errno == .interrupted { return 0 }
            throw error
        }
    }

    /// One of the descriptors that the last `wait` found ready.
    public subscript(index: Int) -> (token: Token, readiness: Readiness) {
        (events[index].data.u64, Readiness(rawValue: events[index].events))
    }

    /// Takes the next scheduled point in time that has come.
    public mutating func nextDue(at now: Moment) -> Token? {
        guard let timer = timers.min, timer.instant <= now else { return nil }
        timers.removeMin()
        return timer.token
    }
}
