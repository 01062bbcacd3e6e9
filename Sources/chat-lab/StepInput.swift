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

/// Standard input, signals and a clock as one stream of events.
final class StepInput: Sendable {
    let events: AsyncStream<StepEvent>
    private let stop: Wakeup

    /// - Parameters:
    ///   - numbers: The signals to catch.
    ///   - interval: How often a tick comes; nil for never.
    init(signals numbers: [CInt], every interval: Duration? = nil) throws {
        let signals = try Signals(numbers)
        let stop = try Wakeup()
        self.stop = stop
        let (events, continuation) = AsyncStream.makeStream(of: StepEvent.self)
        self.events = events
        // A thread of its own, for it waits in poll().
        DispatchQueue(label: "input").async {
            do {
                try Self.gather(continuation, signals, stop, interval)
            } catch {
                continuation.yield(.endOfInput)
            }
        }
    }

    deinit {
        stop.ring()
    }

    private static func gather(
        _ events: AsyncStream<StepEvent>.Continuation, _ signals: Signals, _ stop: Wakeup, _ interval: Duration?
    ) throws {
        var isOpen = true
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let awaited = [.input(stop.descriptor), .input(signals.descriptor), isOpen ? .input(0) : Awaited.nothing]
            let ready = try wait(for: awaited, until: interval.map { .now + $0 })
            if ready.contains(0) { return }
            while let signal = signals.next() { events.yield(.signal(signal)) }
            if ready.contains(2) {
                let count = read(0, &buffer, buffer.count)
                if count > 0 {
                    events.yield(.input(Array(buffer[..<count])))
                } else if count == 0 || errno != EINTR && errno != EAGAIN {
                    isOpen = false
                    events.yield(.endOfInput)
                }
            }
            if ready.isEmpty { events.yield(.tick) }
        }
    }
}
