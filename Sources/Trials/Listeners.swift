package import Bench
import Recordings
package import TCPSockets
import Text

/// Where a server listens.
package struct Listener: Sendable {
    package let endpoint: Endpoint
    /// The program that has it open.
    package let owner: SocketOwner?
    /// Whether it has SO_REUSEADDR, so that it can be bound beside a TIME-WAIT; nil where that cannot be asked.
    package let reusesAddress: Bool?
    /// Where it listens besides.
    package let others: [Endpoint]
}

/// Finds out when a server is ready: its host's table shows a listener. Of that there is no event.
package struct Listeners {
    private static let interval = Duration.milliseconds(5)
    /// A server that listens on several ports opens them one after the other.
    private static let looksAlike = 3

    private let plan: TrialPlan
    private let host: Host
    private let server: HostedCommand

    package init(plan: TrialPlan, host: Host, server: HostedCommand) {
        (self.plan, self.host, self.server) = (plan, host, server)
    }

    /// - Returns: The listener on the port that was asked for, or on the one that was offered, or on the lowest.
    /// - Throws: `TrialFailure`, where there is none that the client's host can reach.
    package func first() async throws -> Listener {
        let deadline = ContinuousClock.now + plan.timeout
        var (last, count): ([SocketEntry], Int) = ([], 0)
        var hasListened = false
        while true {
            let isGone = server.state.read(\.isGone)
            let found = try host.sockets.entries().filter { $0.state == .listen }
            count = found == last ? count + 1 : 1
            last = found
            if count >= Self.looksAlike, let listener = chosen(among: found) { return listener }
            // The table was read after it had ended.
            if isGone, found.isEmpty { throw TrialFailure(description: endTooEarly(hasListened)) }
            hasListened = hasListened || !found.isEmpty
            guard ContinuousClock.now < deadline else { throw TrialFailure(description: complaint(found)) }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func chosen(among all: [SocketEntry]) -> Listener? {
        let reachable = all.filter { Self.isReachable($0, over: plan.family, at: host.address(plan.family)) }
        let wanted = reachable.filter { $0.local.port == plan.port ?? TrialPlan.offeredPort }
        let candidates = plan.port == nil && wanted.isEmpty ? reachable : wanted
        guard let entry = candidates.min(by: { $0.local.port < $1.local.port }) else { return nil }
        let owners = SocketOwners(of: [entry.inode], amongProcesses: server.processes)
        return Listener(
            endpoint: entry.local, owner: owners[entry.inode], reusesAddress: owners.setsReuseAddress(entry.inode),
            others: all.map(\.local).filter { $0.port != entry.local.port })
    }

    /// Whether a SYN from the other host arrives there.
    static func isReachable(_ entry: SocketEntry, over family: IPAddress.Family, at address: IPAddress) -> Bool {
        let local = entry.local.address
        if local == address { return true }
        guard local.isAny else { return false }
        return local.family == family || family == .v4 && !entry.isIPv6Only
    }

    private func endTooEarly(_ hasListened: Bool) -> String {
        let state = server.state.state
        let what = hasListened ? "the server listened, and ended at once:" : "the server ended and never listened:"
        return sentences(what, Ending(state.status, state).words)
    }

    private func complaint(_ found: [SocketEntry]) -> String {
        let address = host.address(plan.family)
        if found.isEmpty {
            return sentences(
                "the server did not listen within \(plan.timeout.inTenths) s (--timeout).",
                Ending(nil, server.state.state).words)
        }
        let ends = Set(found.map { "\($0.local)" }).sorted().joined(separator: ", ")
        if let port = plan.port { return "the server listens on \(ends), not on \(address) port \(port) (--port)" }
        return
            "the server listens on \(ends), where the client's host cannot reach it: have it bind \(address) "
            + "({server}) or any address, or see --family"
    }
}

/// How a command ended, in words.
struct Ending {
    let status: Int32?
    let lastWords: [String]

    init(_ status: Int32?, _ state: HostedCommand.State) {
        self.status = status
        let messages = state.messages.lines(3)
        lastWords = messages.isEmpty ? state.output.lines(1) : messages
    }

    var words: String {
        let said = lastWords.isEmpty ? nil : "It said: \(lastWords.joined(separator: " / "))"
        return sentences(status.map { Self.words($0) + "." }, said)
    }

    /// Such as "exit status 127: there is no such command". The shell's codes are those of sh(1), Exit Status, in POSIX.
    static func words(_ status: Int32) -> String {
        let meaning: String =
            switch status {
            case 126: ": the command cannot be executed"
            case 127: ": there is no such command"
            case 129...192: ": killed by signal \(status - 128)"
            default: ""
            }
        return "exit status \(status)\(meaning)"
    }
}
