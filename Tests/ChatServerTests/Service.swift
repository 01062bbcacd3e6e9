import Logging
import TCPSockets
import Testing

@testable import ChatServer

/// The conversations of a server without its thread: a test says when it looks at its sockets, and what time it is.
final class Service {
    private var acceptor: Acceptor
    private var conversations: Conversations
    let endpoint: Endpoint
    /// How much later it is than the clock says.
    private var ahead = Duration.zero
    private static let guardToken: Poller.Token = 999

    init(_ change: (inout ServerConfiguration) -> Void = { _ in }) throws {
        let listener = try ListeningSocket()
        endpoint = listener.endpoint
        var configuration = ServerConfiguration(endpoint: endpoint, maximumFrame: 65_536)
        configuration.answering = .echo
        change(&configuration)
        let context = try ServerContext(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            log: LogOutput(show: { _ in }, announce: { $0 }))
        conversations = Conversations(context, poller: try Poller(), loop: 0)
        acceptor = Acceptor(try listener.take())
        try acceptor.watch(conversations.connections.poller)
    }

    deinit {
        acceptor.stop(conversations.connections.poller)
        conversations.connections.endPatience()
        conversations.abort()
    }

    var isBusy: Bool { conversations.isBusy }

    /// Waits for events, or for the next point in time, and deals with them.
    func step() throws {
        conversations.connections.poller.schedule(Self.guardToken, at: .now + .seconds(20))
        let count = try conversations.connections.poller.wait(mayBlock: !conversations.hasMoreToDo)
        conversations.connections.now = .now + ahead
        for index in 0..<count {
            let event = conversations.connections.poller[index]
            if event.token == LoopToken.listener {
                while let arrival = try acceptor.next() { conversations.admit(arrival) }
            } else if let connection = conversations.connections[event.token] {
                conversations.ready(connection, event.readiness)
            }
        }
        while let token = conversations.connections.poller.nextDue(at: conversations.connections.now) {
            if let connection = conversations.connections[token] { conversations.closeIsDue(connection) }
        }
        conversations.goOn()
    }

    /// The time is so much later, and whoever waits is looked at.
    func sweep(after time: Duration) {
        ahead += time
        conversations.connections.now = .now + ahead
        conversations.sweep()
    }

    func drain() { conversations.drain() }

    func endDraining() { conversations.endDraining() }
}
