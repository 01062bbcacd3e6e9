import ArgumentParser
import Bench
import Console
import Experiments
import Flags
import Reports
import Runs
import Scenes
import StopMotion

struct StepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Plays one conversation in stop-motion: each segment waits until you move it.",
        discussion: """
            KEYS
              Enter  deliver the next segment
              d      drop it
              2      deliver it twice
              h      hold it for later, under a letter
              A-Z    let the segment held under that letter be the next
              r      reset: a RST in the name of the next segment's sender
              b      let everything cross, to the end
              ?      help
              q      quit

            From a pipe, each line is one of these; an empty one is Enter, and the
            end of the input is b.

            EXAMPLES
              chat-lab step                   the article's client, as it was
              chat-lab step explicit-passive  the server closes first
              chat-lab step last-ack-lost     what TIME-WAIT is for
              yes '' | chat-lab step          every segment, as text
              chat-lab step --server 'nc -lk {port}' \\
                            --client 'echo hello | nc -N server {port}'
                                              any two programs, as chat-lab try runs them

            EXIT STATUS
              0    success, also after q
              64   wrong usage
              65   a line of the input is no command
              70   it could not run
              74   the result cannot be written
              77   privileges or devices are missing
              130  ended by SIGINT
              143  ended by SIGTERM
            """)

    @Argument(
        help:
            "A cell of chat-lab list --cells; or last-ack-lost, lost-exit, raw-socket-reset, simultaneous-close. (default: explicit-active)",
        completion: NameCompletion.ofStep)
    var experiment: String?

    @Option(help: ArgumentHelp("What runs on the server's host, as with try.", valueName: "command"))
    var server: String?

    @Option(help: ArgumentHelp("What runs on the client's host, as with try.", valueName: "command"))
    var client: String?

    @OptionGroup
    var hosts: TrialHosts

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try require((server == nil) == (client == nil), "--server and --client belong together")
        try require(
            server == nil || experiment == nil, "--server and --client play no cell: leave out \(experiment ?? "")")
        try require(server != nil || !hosts.isGiven, "--port, --family and --sysctl need --server and --client")
        do { _ = try scenario() } catch  where Self.isGivenUnknownOption {}
    }

    private func scenario() throws -> Scenario {
        if let server, let client { return Scenario(try hosts.plan(server: server, client: client)) }
        let experiment = experiment ?? "explicit-active"
        do {
            return try Scenario(experiment)
        } catch {
            // Claims have names too.
            let description = Description(of: experiment, experiments: allExperiments.map(\.description))
            let isKnown = description != nil && !error.description.hasPrefix(experiment)
            throw ValidationError(
                isKnown
                    ? "step plays no claim: chat-lab show \(experiment); chat-lab list --cells lists what it plays"
                    : error.description)
        }
    }

    func run() async throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        raiseDescriptorLimit()
        let scenario = try scenario()
        try await requirePrivileges()
        let chat = try server == nil ? orExit(.software) { try Chat() } : nil
        let stage = StepStage(scenario, chat, hasColour: color.isOn)
        // A terminal that cannot move its cursor is as good as a pipe.
        let status = isTerminal(0) && canMoveCursor() ? await stage.playByKeys() : await stage.playByLines()
        guard status == 0 else { throw ExitCode(status) }
    }
}
