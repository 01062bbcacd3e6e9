import Synchronization
import TCPSockets

/// What lies between the event loops, which bring questions, and the operator, who sits on the main thread.
final class OperatorInbox: Sendable {
    /// What happened since the operator last looked.
    enum Event {
        case arrived(QuestionQueue.Entry, waiting: Int)
        case withdrawn(QuestionQueue.Entry)

        func isArrival(of asker: QuestionQueue.Address) -> Bool {
            if case .arrived(let entry, _) = self { entry.asker == asker } else { false }
        }
    }

    private struct State {
        var queue = QuestionQueue()
        /// Set when no operator answers any more, with the reason.
        var closedBecause: String?
    }

    private let state = Mutex(State())
    private let events: Mailbox<Event>
    private static let mostEvents = 100

    init() throws {
        events = try Mailbox()
    }

    /// Readable when something has happened, until `takeEvents`.
    var descriptor: CInt { events.descriptor }

    /// Takes in a question.
    ///
    /// - Returns: Why it cannot be answered, or nil.
    func arrive(_ entry: QuestionQueue.Entry) -> String? {
        state.withLock { state in
            if let reason = state.closedBecause { return reason }
            state.queue.arrive(entry)
            events.post(.arrived(entry, waiting: state.queue.entries.count))
            return nil
        }
    }

    /// Where much is to be told already, there is nothing to tell of a question that came and went before the operator looked:
    /// so what is to be told does not grow while the operator's terminal is stopped.
    func withdraw(_ asker: QuestionQueue.Address) {
        state.withLock { state in
            guard let entry = state.queue.withdraw(asker) else { return }
            events.update { events in
                let arrival = events.count < Self.mostEvents ? nil : events.lastIndex { $0.isArrival(of: asker) }
                if let arrival { events.remove(at: arrival) } else { events.append(.withdrawn(entry)) }
            }
        }
    }

    /// The question that the operator answers next.
    var current: QuestionQueue.Entry? { state.withLock { $0.queue.current } }

    func takeCurrent(of asker: QuestionQueue.Address? = nil) -> QuestionQueue.Entry? {
        state.withLock { $0.queue.takeCurrent(of: asker) }
    }

    func takeEvents() -> [Event] { events.takeAll() }

    /// Nobody answers any more: the questions that wait are handed back, and later ones refused.
    func close(because reason: String) -> [QuestionQueue.Entry] {
        state.withLock { state in
            state.closedBecause = reason
            defer { state.queue = QuestionQueue() }
            return state.queue.entries
        }
    }
}
