package import TCPSockets

// Load for a chat server. In reading order:
//
//   LoadConfiguration   everything that can be chosen
//   Conversation        what one connection does next, decided without a socket
//   LoadConnection      its socket, and the bytes on their way
//   LoadLoop            all connections, on one thread; its extensions:
//     Phases            opening, running, finishing
//     Conversation      connect, send, recv
//     Actions           what a conversation wants done: close strategies, timers, failures
//   Statistics          what is counted
//   Failure             how a conversation can end otherwise
//   Exhaustion          the moment at which the ports ran out, and why
//   LoadResult          what a run gave
//   LoadReport          the same for people and for programs

/// Puts a chat server under load, and measures.
package enum ChatLoad {
    /// - Parameters:
    ///   - signals: What ends the run early, with the results so far.
    ///   - showProgress: Told a few times a second how the run stands.
    /// - Throws: `SocketError`, where not even a poller could be made. What goes wrong with connections is in the result.
    package static func run(
        _ configuration: LoadConfiguration, signals: Signals? = nil, showProgress: ((LoadProgress) -> Void)? = nil
    ) throws -> LoadResult {
        var loop = LoadLoop(
            configuration, poller: try Poller(), signals: signals, showProgress: showProgress)
        return try loop.run()
    }
}
