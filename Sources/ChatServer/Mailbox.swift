import Synchronization
import TCPSockets

/// What other threads ask of an event loop.
enum LoopRequest: Sendable {
    /// The operator's answer to the question of a connection.
    case answer(connection: Poller.Token, text: String)
    case answererFailed(connection: Poller.Token, reason: String)
    /// Stop accepting, finish what is in hand, and end at the latest then.
    case drain(deadline: Moment)
}

/// Requests to an event loop, from any thread.
final class Mailbox: Sendable {
    private let requests = Mutex<[LoopRequest]>([])
    let wakeup: Wakeup

    init() throws {
        wakeup = try Wakeup()
    }

    func post(_ request: LoopRequest) {
        requests.withLock { $0.append(request) }
        wakeup.ring()
    }

    func takeAll() -> [LoopRequest] {
        wakeup.silence()
        return requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
    }
}
