import CLinux
import Glibc
import Synchronization
import TCPSockets

/// Where log lines go: to a reader who may be slow, or stop, and keeps nobody waiting.
///
/// A line is written at once where it fits. What the reader has no room for is kept, up to a bound; what goes beyond that is
/// left out, and so is what comes faster than `LogRateLimit` allows. Both are counted, and told as soon as there is room.
package final class LogOutput: Sendable {
    /// What a line is about: each kind has an allowance of its own, so that a flood of clients does not hide an error.
    package enum Subject {
        /// A client that came or went.
        case client
        /// Anything else that the server has to say.
        case server
        /// What was asked for on the command line, and is not limited.
        case trace
    }

    private struct State {
        var clients: LogRateLimit
        var server: LogRateLimit
        /// What is not written yet, from `start` on.
        var queue: [UInt8] = []
        var start = 0
        var droppedLines = 0
    }

    private let state: Mutex<State>
    private let descriptor: CInt
    private let isOwn: Bool
    private let show: (@Sendable (String) -> Void)?
    private let announce: @Sendable (String) -> String
    private let pending = Atomic<Bool>(false)
    /// How much is kept for a reader that is slow.
    static let capacity = 1 << 20

    /// - Parameters:
    ///   - descriptor: Where the lines are written, and whose own flags, which others may share, are left alone.
    ///   - announce: Makes a line of what the output itself has to say.
    package init(descriptor: CInt, announce: @escaping @Sendable (String) -> String) {
        let reopened = clinux_reopen_for_writing(descriptor)
        self.descriptor = reopened < 0 ? descriptor : reopened
        isOwn = reopened >= 0
        show = nil
        self.announce = announce
        state = Mutex(State(clients: LogRateLimit(now: .now), server: LogRateLimit(now: .now)))
    }

    /// - Parameter show: Takes a line, without its line feed, and does not block.
    package init(show: @escaping @Sendable (String) -> Void, announce: @escaping @Sendable (String) -> String) {
        (descriptor, isOwn) = (-1, false)
        self.show = show
        self.announce = announce
        state = Mutex(State(clients: LogRateLimit(now: .now), server: LogRateLimit(now: .now)))
    }

    deinit {
        if isOwn { close(descriptor) }
    }

    /// Whether there is something that `goOn` may write later.
    var isPending: Bool { pending.load(ordering: .relaxed) }

    /// Writes a line now, or later, or never; it does not wait.
    ///
    package func post(_ line: String, about subject: Subject) {
        state.withLock { state in
            let now = Moment.now
            let isAdmitted =
                switch subject {
                case .client: state.clients.admits(at: now)
                case .server: state.server.admits(at: now)
                case .trace: true
                }
            if isAdmitted { add(line, &state) }
            tellLeftOut(&state, at: now)
            write(&state)
        }
    }

    /// Writes what waited, as far as there is room for it.
    ///
    /// - Returns: Whether the reader has made room for anything.
    func goOn() -> Bool {
        state.withLock { state in
            tellLeftOut(&state, at: .now)
            let before = (state.queue.count, state.start)
            write(&state)
            return before != (state.queue.count, state.start)
        }
    }

    /// Writes what is left at the end of the program, for which a reader gets a moment and not more.
    package func finish(within time: Duration = .seconds(1)) {
        let deadline = Moment.now + time
        repeat {
            state.withLock { state in
                tellLeftOut(&state, at: .now, isLast: true)
                write(&state)
            }
            guard isPending else { return }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&entry, 1, 20)
        } while Moment.now < deadline
    }

    private func add(_ line: String, _ state: inout State) {
        if let show {
            show(line)
        } else if state.queue.count - state.start + line.utf8.count > Self.capacity {
            state.droppedLines += 1
        } else {
            state.queue += line.utf8
            state.queue.append(UInt8(ascii: "\n"))
        }
    }

    private func tellLeftOut(_ state: inout State, at now: Moment, isLast: Bool = false) {
        let count =
            (state.clients.takeLeftOut(at: now, isLast: isLast) ?? 0)
            + (state.server.takeLeftOut(at: now, isLast: isLast) ?? 0)
        guard count > 0 else { return }
        let lines = count == 1 ? "1 log line was" : "\(count) log lines were"
        add(announce("\(lines) left out: more than \(LogRateLimit.perSecond) a second"), &state)
    }

    private func write(_ state: inout State) {
        defer {
            let isLeftOut = state.clients.leftOut + state.server.leftOut > 0
            pending.store(state.start < state.queue.count || isLeftOut, ordering: .relaxed)
        }
        while state.start < state.queue.count {
            let written = state.queue[state.start...].withUnsafeBytes {
                isOwn
                    ? Glibc.write(descriptor, $0.baseAddress, $0.count)
                    : clinux_write_at_once(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR { continue }
            if written < 0, errno == EAGAIN { break }
            // A reader that has gone for good, or a disk that is full, takes nothing ever: that is no reason to end.
            state.start = written < 0 ? state.queue.count : state.start + written
            guard state.start == state.queue.count else { continue }
            state.queue.removeAll(keepingCapacity: state.queue.count <= 65_536)
            state.start = 0
            if written > 0 { tellDropped(&state) }
        }
        if state.start > Self.capacity / 2 {
            state.queue.removeSubrange(..<state.start)
            state.start = 0
        }
    }

    private func tellDropped(_ state: inout State) {
        guard state.droppedLines > 0 else { return }
        let lines = state.droppedLines == 1 ? "1 log line was" : "\(state.droppedLines) log lines were"
        state.droppedLines = 0
        add(announce("\(lines) left out: the reader of the log did not keep up"), &state)
    }
}
