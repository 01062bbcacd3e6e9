import ArgumentParser
import Doctor
import Flags
import TCPSockets
import Trials

/// What `try` and `step` take besides the two commands.
struct TrialHosts: ParsableArguments {
    enum Family: String, ExpressibleByArgument, CaseIterable {
        case v4 = "4"
        case v6 = "6"
    }

    @Option(help: "Where the server listens. (default: where it does; it is offered 8000)")
    var port: UInt16?

    @Option(help: "The hosts' addresses: 4 or 6. (default: 4)")
    var family: Family?

    @Option(
        help: ArgumentHelp("A kernel setting of both hosts; may be repeated.", valueName: "name=value"),
        completion: NameCompletion.ofSysctl)
    var sysctl: [String] = []

    func validate() throws {
        try require(port != 0, "--port must be from 1 to 65535")
        _ = try sysctls()
    }

    var isGiven: Bool { port != nil || family != nil || !sysctl.isEmpty }

    private func sysctls() throws -> [String: String] {
        var values: [String: String] = [:]
        for word in sysctl {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            try require(parts.count == 2, "--sysctl \(word): write NAME=VALUE, such as net.ipv4.tcp_timestamps=0")
            values[Topic.settingName(parts[0])] = parts[1]
        }
        return values
    }

    /// - Throws: `ValidationError`, for a command without a word.
    func plan(
        server: String, client: String, again: Bool = false, restart: Bool = false, timeout: Double = 30
    ) throws -> TrialPlan {
        for (name, command) in [("--server", server), ("--client", client)] {
            try require(command.contains { !$0.isWhitespace }, "\(name): the command is empty")
        }
        return TrialPlan(
            server: server, client: client, family: family == .v6 ? .v6 : .v4, port: port, sysctls: try sysctls(),
            again: again, restart: restart, timeout: .seconds(timeout))
    }
}
