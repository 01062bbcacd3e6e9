import ChatProtocol
import Synchronization
import TCPSockets

/// The questions that wait for the operator, oldest first. A value without locks or threads.
struct QuestionQueue {
    struct Entry: Equatable {
        let asker: Address
        let client: Endpoint
        let question: String
        /// Of a client that has proved who it is.
        var name: String?

        /// What the operator calls it.
        var label: String { name ?? client.description }
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
