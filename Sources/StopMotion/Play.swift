package import Bench
import Recordings
package import Stories
import TCPSockets
import Trials

/// From the first program's start to the last one's end.
extension StopMotion {
    /// Plays a scenario as long as a hand moves it.
    ///
    /// - Parameter hand: When it returns, the client program must have ended. Where it throws, everything ends at once.
    /// - Parameter chat: The chat's programs; nil will do where others play.
    /// - Returns: What came of it.
    package static func play(
        _ scenario: Scenario, _ chat: Chat?, _ pace: Scenario.Pace,
        _ hand: @escaping @Sendable (StopMotion) async throws -> Void
    ) async throws -> StopMotionOutcome {
        let world = try await World(sysctls: scenario.sysctls)
        for (name, value) in scenario.newSysctls(pace) {
            for side in Side.allCases where try await world[side].sysctl(name) != nil {
                try await world[side].set(name, to: value)
            }
        }
        switch scenario.cast {
        case .chat(let cell):
            guard let chat else { throw LaboratoryError("there is no chat to play") }
            return try await play(cell, chat, scenario, world, pace, hand)
        case .programs(let plan): return try await play(plan, scenario, world, hand)
        }
    }

    private static func play(
        _ cell: Cell, _ chat: Chat, _ scenario: Scenario, _ world: World, _ pace: Scenario.Pace,
        _ hand: @escaping @Sendable (StopMotion) async throws -> Void
    ) async throws -> StopMotionOutcome {
        let ended = ConditionVariable<Ended?>(nil)
        let server = try await world.withServer(chat, cell.family, Scenario.serverArguments(cell)) { server in
            let play = StopMotion(scenario, world, .chat(server.program), server.endpoint)
            let arguments = chat.client(to: server.endpoint, Scenario.clientArguments(cell, pace))
            let end = try await play.play(hand) { try await play.runChatClient(arguments) }
            ended.change { $0 = end }
        }
        guard let end = ended.state else { throw LaboratoryError("the client program has not ended") }
        return end.outcome(serverStatus: server.status)
    }

    private static func play(
        _ plan: TrialPlan, _ scenario: Scenario, _ world: World,
        _ hand: @escaping @Sendable (StopMotion) async throws -> Void
    ) async throws -> StopMotionOutcome {
        let hosts = plan.hosts(machine: try? readText("/etc/hosts"))
        let values = plan.values(port: plan.port ?? TrialPlan.offeredPort)
        let command = TrialPlan.replaced(plan.server, by: values)
        return try await world.server.withCommand(command, values, hosts: hosts) { server in
            let listener = try await Listeners(plan: plan, host: world.server, server: server).first()
            let play = StopMotion(scenario, world, .command(server), listener.endpoint)
            let end = try await play.play(hand) {
                let values = plan.values(port: listener.endpoint.port)
                let command = TrialPlan.replaced(plan.client, by: values)
                return try await world.client.withCommand(command, values, hosts: hosts) { client in
                    play.programs.change { $0.client = .command(client) }
                    let status = try await client.state.until("the client's end", within: forEver) { $0.status }
                    play.programs.change { $0.clientStatus = status }
                    return FinishedProgram(status: status, messages: client.state.state.messages.lines(3))
                }
            }
            return end.outcome(serverStatus: server.state.state.status)
        }
    }

    /// What there is to tell when the client has ended.
    private struct Ended: Sendable {
        let play: StopMotion
        let client: FinishedProgram
        let states: SocketStates

        func outcome(serverStatus: Int32?) -> StopMotionOutcome {
            StopMotionOutcome(
                play.world.wire.recording.state, states: states, client: client, serverStatus: serverStatus,
                serverEnding: play.server.ending, names: play.scenario.names)
        }
    }

    /// Lets the client run while a hand moves what crosses.
    private func play(
        _ hand: @escaping @Sendable (StopMotion) async throws -> Void,
        client: @escaping @Sendable () async throws -> FinishedProgram
    ) async throws -> Ended {
        world.wire.obey([Gate()])
        let client = try await withThrowingTaskGroup(of: FinishedProgram.self) { group in
            group.addTask { [self] in
                do {
                    return try await client()
                } catch {
                    // The hand learns of it.
                    programs.change { $0.failure = error }
                    throw error
                }
            }
            try await hand(self)
            return try await group.next()
        }
        guard let client else { throw LaboratoryError("the client program has not ended") }
        return Ended(play: self, client: client, states: (try? states()) ?? SocketStates())
    }

    /// One question, and exit behind its answer.
    private func runChatClient(_ command: [String]) async throws -> FinishedProgram {
        let client = try await world.client.run(command) { [programs] client in
            programs.change { $0.client = .chat(client) }
            client.say(Chat.question)
            _ = try await client.nextLine(within: Self.forEver)
            client.endInput()
            try await client.output.until("the client's end", within: Self.forEver) {
                $0.outputIsOver && $0.messagesAreOver ? () : nil
            }
        }
        programs.change { $0.clientStatus = client.status }
        return client
    }

    private static let forEver = Duration.seconds(1_000_000)
}
