import Bench
import Dispatch
import Glibc
import TCPSockets

/// What a person or a script does, and the time that passes meanwhile.
enum StepEvent: Sendable {
    case input([UInt8])
    case endOfInput
    case signal(CInt)
    case tick
}

/// Standard input, signals and a clock as one stream of events. Input is read only when it is wanted: there may be
/// endlessly much.
final class StepInput: Sendable {
    private struct State {
        var isWanted = false
        var isOver = false
    }

    let events: AsyncStream<StepEvent>
    private let event: EventDescriptor
    private let state = ConditionVariable(State())

    /// - Parameters:
    ///   - numbers: The signals to catch.
    ///   - size: How many bytes of input come at once at most.
    ///   - interval: How often a tick comes; nil for never.
    init(signals numbers: [CInt], size: Int, every interval: Duration? = nil) throws {
        let signals = try Signals(numbers)
        let event = try EventDescriptor()
        self.event = event
        let (events, continuation) = AsyncStream.makeStream(of: StepEvent.self)
        self.events = events
        // A thread of its own, for it waits in poll().
        DispatchQueue(label: "input").async { [state] in
            do {
                try Self.gather(continuation, signals, event, state, size, interval)
            } catch {
                continuation.yield(.endOfInput)
            }
        }
    }

    deinit {
        state.change { $0.isOver = true }
        event.signal()
    }

    /// Lets the next input come.
    func want() {
        state.change { $0.isWanted = true }
        event.signal()
    }

    private static func gather(
        _ events: AsyncStream<StepEvent>.Continuation, _ signals: Signals, _ event: EventDescriptor,
        _ state: ConditionVariable<State>,
        _ size: Int, _ interval: Duration?
    ) throws {
        var buffer = [UInt8](repeating: 0, count: size)
        while true {
            let (isWanted, isOver) = state.read { ($0.isWanted, $0.isOver) }
            if isOver { return }
            let awaited = [
                .input(event.descriptor), .input(signals.descriptor), isWanted ? .input(0) : Awaited.nothing,
            ]
            let ready = try wait(for: awaited, until: interval.map { .now + $0 })
            event.drain()
            while let signal = signals.next() { events.yield(.signal(signal)) }
            if ready.contains(2) {
                let count = read(0, &buffer, buffer.count)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                state.change { $0.isWanted = false }
                events.yield(count > 0 ? .input(Array(buffer[..<count])) : .endOfInput)
            }
            if ready.isEmpty { events.yield(.tick) }
        }
    }
}
