import ChatProtocol
import Synchronization
import TCPSockets

/// The questions that wait for the operator, oldest first. A value without locks or threads.
struct QuestionQueue {
    struct Entry: Equatable {
        let asker: Address
        let client: Endpoint
        let question: String
    }

    /// Where an answer goes.
    struct Address: Hashable {
        let loop: Int
        let connection: Poller.Token
    }

    private(set) var entries: [Entry] = []

    /// The question that the operator answers next.
    var current: Entry? { entries.first }

    mutating func arrive(_ entry: Entry) {
        entries.append(entry)
    }

    /// Takes back the question of a client that has gone.
    mutating func withdraw(_ asker: Address) -> Entry? {
        guard let index = entries.firstIndex(where: { $0.asker == asker }) else { return nil }
        return entries.remove(at: index)
    }

    /// Takes the current question, which is being answered; where an asker is given, only theirs.
    mutating func takeCurrent(of asker: Address? = nil) -> Entry? {
        guard let current, asker == nil || current.asker == asker else { return nil }
        return entries.removeFirst()
    }
}

/// What lies between the event loops, which bring questions, and the operator, who sits on the main thread.
final class OperatorDesk: Sendable {
    /// What happened since the operator last looked.
    enum News {
        case arrived(QuestionQueue.Entry, waiting: Int)
        case withdrawn(QuestionQueue.Entry)
    }

    private struct State {
        var queue = QuestionQueue()
        var news: [News] = []
        /// Set when no operator answers any more, with the reason.
        var closedBecause: String?
    }

    private let state = Mutex(State())
    let wakeup: Wakeup
    private static let mostNews = 100

    init() throws {
        wakeup = try Wakeup()
    }

    /// Puts a question on the desk.
    ///
    /// - Returns: Why it cannot be answered, or nil.
    func arrive(_ entry: QuestionQueue.Entry) -> String? {
        let reason = state.withLock { state in
            if state.closedBecause == nil {
                state.queue.arrive(entry)
                state.news.append(.arrived(entry, waiting: state.queue.entries.count))
            }
            return state.closedBecause
        }
        wakeup.ring()
        return reason
    }

    /// Where much is to be told already, there is nothing to tell of a question that came and went before the operator looked:
    /// so what is to be told does not grow while the operator's terminal is stopped.
    func withdraw(_ asker: QuestionQueue.Address) {
        state.withLock { state in
            guard let entry = state.queue.withdraw(asker) else { return }
            let arrival =
                state.news.count < Self.mostNews
                ? nil
                : state.news.lastIndex { news in
                    if case .arrived(let other, _) = news { other.asker == asker } else { false }
                }
            if let arrival { state.news.remove(at: arrival) } else { state.news.append(.withdrawn(entry)) }
        }
        wakeup.ring()
    }

    /// The question that the operator answers next.
    var current: QuestionQueue.Entry? { state.withLock { $0.queue.current } }

    func takeCurrent(of asker: QuestionQueue.Address? = nil) -> QuestionQueue.Entry? {
        state.withLock { $0.queue.takeCurrent(of: asker) }
    }

    func takeNews() -> [News] {
        wakeup.silence()
        return state.withLock { state in
            defer { state.news = [] }
            return state.news
        }
    }

    /// Nobody answers any more: the questions on the desk are handed back, and later ones refused.
    func close(because reason: String) -> [QuestionQueue.Entry] {
        state.withLock { state in
            state.closedBecause = reason
            defer { state.queue = QuestionQueue() }
            return state.queue.entries
        }
    }
}
