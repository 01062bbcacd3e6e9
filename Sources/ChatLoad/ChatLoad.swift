package import TCPSockets

// Load for a chat server. In reading order:
//
//   LoadConfiguration   everything that can be chosen
//   LoadConversation    what one connection does next, decided without a socket
//   LoadConnection      its socket, and the bytes on their way; PreparedFrames
//   LoadClients         all connections, each carried on as its socket becomes ready; OpeningQueue
//   LoadLoop            the thread: it waits for events, and leads through the phases; RunSchedule, ProgressMeter
//   Statistics          what is counted
//   LoadFailure         how a conversation can end otherwise
//   Exhaustion          the moment at which the ports ran out, and why
//   LoadResult          what a run gave
//   LoadReport          the same for people and for programs; LoadDocument

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
