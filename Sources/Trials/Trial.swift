import Bench
import Glibc
import Recordings
import TCPSockets

/// Runs a plan on two new hosts.
package struct Trial: Sendable {
    /// What goes on.
    package enum Phase: String, Sendable {
        case starting = "the server starts"
        case running = "the client runs"
        case settling = "both hosts come to rest"
        case again = "the client runs again"
        case restarting = "the server starts again"
    }

    /// How long both hosts may take to come to rest when the client has ended, at least. A program of the server's may need a
    /// moment for its close(), and socat half a second (its option -t).
    private static let grace = Duration.seconds(1)
    /// How long a server may take to end when it is asked.
    private static let goodbye = Duration.seconds(5)

    private let plan: TrialPlan
    private let world: World
    /// Which is scaled by how long this machine took to make the hosts.
    private let grace: Duration
    private let commands = ConditionVariable<[Side: HostedCommand]>([:])
    private let owners: ConnectionOwners
    private let progress: @Sendable (Phase) -> Void

    /// - Throws: `TrialFailure`, `LaboratoryError`.
    package static func run(
        _ plan: TrialPlan, _ progress: @escaping @Sendable (Phase) -> Void = { _ in }
    ) async throws -> TrialResult {
        let start = ContinuousClock.now
        let world = try await World(sysctls: plan.sysctls)
        let trial = Trial(plan, world, max(grace, (ContinuousClock.now - start) * 10), progress)
        return try await trial.run()
    }

    private init(
        _ plan: TrialPlan, _ world: World, _ grace: Duration, _ progress: @escaping @Sendable (Phase) -> Void
    ) {
        (self.plan, self.world, self.grace, self.progress) = (plan, world, grace, progress)
        owners = ConnectionOwners(commands: commands)
    }

    /// A run of the client's command, and what crossed meanwhile.
    private struct Run: Sendable {
        let command: TrialResult.Command
        let connections: [TrialConnection]
        /// What bind() and connect() returned, where that was asked.
        var returns: [CallTracing.Return]?
    }

    /// What was seen while the server ran.
    private struct Seen: Sendable {
        let listener: Listener
        let server: TrialResult.Command
        let first: Run
        let again: Run?
        let endedWhenAsked: Bool
    }

    private func run() async throws -> TrialResult {
        // A wire that is late makes copies, and one that meets a host without the socket would end a TIME-WAIT (RFC 1337).
        world.wire.obey([owners, NeedlessCopies()])
        let machine = try? readText("/etc/hosts")
        let hosts = plan.hosts(machine: machine)
        progress(.starting)
        let seen = try await withServer(hosts) { server in
            let listener = try await Listeners(plan: plan, host: world.server, server: server).first()
            let first = try await runClient(hosts, listener, .running)
            let again = plan.again && first.command.status != nil ? try await runClientAgain(hosts, listener) : nil
            let state = server.state.state
            let ended = TrialResult.Command(status: state.status, lastWords: Ending(state.status, state).lastWords)
            let isPolite = plan.restart ? try await server.end(within: Self.goodbye) : true
            return Seen(listener: listener, server: ended, first: first, again: again, endedWhenAsked: isPolite)
        }
        let restart = plan.restart ? try await restart(hosts, on: seen.listener) : nil
        return TrialResult(
            kernel: try readText("/proc/sys/kernel/osrelease"), listener: seen.listener, server: seen.server,
            client: seen.first.command, connections: seen.first.connections,
            again: seen.again.map { again($0, after: seen.first) }, restart: restart,
            hadToKill: !seen.endedWhenAsked, ports: try await ephemeralPorts(), epoch: Self.epoch())
    }

    private func withServer<R: Sendable>(
        _ hosts: String, _ body: @Sendable (HostedCommand) async throws -> R
    ) async throws -> R {
        let values = plan.values(port: plan.port ?? TrialPlan.offeredPort)
        let command = TrialPlan.replaced(plan.server, by: values)
        return try await world.server.withCommand(command, values, hosts: hosts) { server in
            commands.change { $0[.server] = server }
            return try await body(server)
        }
    }

    // MARK: - the client

    private func runClient(_ hosts: String, _ listener: Listener, _ phase: Phase) async throws -> Run {
        progress(phase)
        let start = world.wire.recording.read(\.segments.count)
        let counters = try counters()
        let values = plan.values(port: listener.endpoint.port)
        let command = TrialPlan.replaced(plan.client, by: values)
        return try await world.client.withCommand(command, values, hosts: hosts) { client in
            commands.change { $0[.client] = client }
            let status = try await status(of: client)
            progress(.settling)
            let sockets = try await settled(within: status == nil ? .zero : grace)
            let recording = world.wire.recording.state
            if let failure = recording.failure { throw failure }
            let grown = try self.counters()
            let evidence = ConnectionEvidence(
                segments: Array(recording.segments[start...]), owners: owners.owners.state, sockets: sockets,
                counters: Dictionary(
                    uniqueKeysWithValues: Side.allCases.map { side in
                        (side, grown[side]?.growth(since: counters[side] ?? Counters([])) ?? [:])
                    }), end: monotonicSeconds())
            let state = client.state.state
            return Run(
                command: .init(status: status, lastWords: Ending(status, state).lastWords),
                connections: TrialConnection.all(in: evidence))
        }
    }

    /// The second run may fail before anything is sent: then its calls tell.
    private func runClientAgain(_ hosts: String, _ listener: Listener) async throws -> Run {
        let tracing = await CallTracing.begin()
        var run: Run
        do {
            run = try await runClient(hosts, listener, .again)
        } catch {
            _ = try? tracing?.end()
            throw error
        }
        // Without it the calls are not known, and all else is.
        run.returns = try? tracing?.end()
        return run
    }

    /// nil where it does not end in time.
    private func status(of client: HostedCommand) async throws -> Int32? {
        do {
            return try await client.state.until("the client's end", within: plan.timeout) { $0.status }
        } catch is NotSeen {
            return nil
        }
    }

    /// Waits until no connection between the hosts will change any more but by a timer, or a time is over. Of what the kernel
    /// does when a program calls close() there is no event.
    ///
    /// - Returns: Both hosts' sockets then.
    private func settled(within time: Duration) async throws -> [Side: [SocketEntry]] {
        let deadline = ContinuousClock.now + time
        while true {
            let isQuiet = try world.wire.isQuiet
            var sockets: [Side: [SocketEntry]] = [:]
            for side in Side.allCases { sockets[side] = try world[side].sockets.entries() }
            let isOver = sockets.allSatisfy { side, entries in
                let other = side.other.address(plan.family)
                return entries.allSatisfy { entry in
                    [.listen, .closed, .timeWait].contains(entry.state) || entry.remote.address.unmapped != other
                }
            }
            if isQuiet && isOver || ContinuousClock.now >= deadline { return sockets }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func counters() throws -> [Side: Counters] {
        [.client: try world.client.counters.read(), .server: try world.server.counters.read()]
    }

    private func again(_ run: Run, after first: Run) -> TrialResult.Again {
        let connected = first.connections.contains(where: \.isEstablished)
        let worked =
            run.command.status == first.command.status
            && (!connected || run.connections.contains(where: \.isEstablished))
        return TrialResult.Again(
            command: run.command, connections: run.connections, returns: run.returns, worked: worked)
    }

    // MARK: - the server again

    private func restart(_ hosts: String, on listener: Listener) async throws -> TrialResult.Restart {
        progress(.restarting)
        let start = ContinuousClock.now
        let plan = TrialPlan(
            server: plan.server, client: plan.client, family: plan.family, port: listener.endpoint.port,
            timeout: plan.timeout)
        return try await withServer(hosts) { server in
            do {
                _ = try await Listeners(plan: plan, host: world.server, server: server).first()
                return .listens(after: ContinuousClock.now - start)
            } catch let failure as TrialFailure {
                let holders = try world.server.sockets.entries().filter { $0.local.port == listener.endpoint.port }
                return .failed(why: failure.description, holders: holders)
            }
        }
    }

    // MARK: - the hosts

    private func ephemeralPorts() async throws -> ClosedRange<Int>? {
        let text = try await world.client.sysctl("net.ipv4.ip_local_port_range")
        let numbers = text?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } ?? []
        return numbers.count == 2 && numbers[0] <= numbers[1] ? numbers[0]...numbers[1] : nil
    }

    /// CLOCK_MONOTONIC counts from some start of its own.
    private static func epoch() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - monotonicSeconds()
    }
}
