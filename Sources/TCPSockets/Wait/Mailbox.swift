internal import Synchronization

/// Messages for one thread, from any thread: a queue behind a lock, and a descriptor that says when to look.
package final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let event: EventDescriptor

    /// - Throws: `SocketError`, where the process has no descriptor left.
    package init() throws(SocketError) {
        event = try EventDescriptor()
    }

    /// Readable once something was posted, until `takeAll`.
    package var descriptor: CInt { event.descriptor }

    package func post(_ message: Message) {
        update { $0.append(message) }
    }

    /// Posts by changing what waits: for a sender who keeps a bound, or takes something back.
    package func update(_ body: (inout [Message]) -> Void) {
        messages.withLock { body(&$0) }
        event.signal()
    }

    /// Takes what waits, the oldest first.
    package func takeAll() -> [Message] {
        // In this order: what is posted after the look makes the descriptor readable again.
        event.drain()
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
