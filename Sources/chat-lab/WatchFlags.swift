import ArgumentParser
import Flags
import Stories
import TCPSockets
import Watch

/// Which connections `watch` tells of.
struct WatchFilter: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only connections with one of these ports at either end.", valueName: "n"))
    var port: [Port] = []

    @Option(
        help: ArgumentHelp("Only those of a program, by its name or its process number.", valueName: "name|pid"),
        completion: NameCompletion.ofProcess)
    var process: String?

    init() {}

    func validate() throws {
        for port in port { try port.check("--port") }
    }

    func includes(_ connection: EndedConnection) -> Bool {
        guard matchesPort(connection) else { return false }
        guard let process else { return true }
        return [connection.client, connection.server].contains { program in
            program.map { $0.name == process || "\($0.pid)" == process } ?? false
        }
    }

    func includes(_ failure: FailedConnect) -> Bool {
        (port.isEmpty || port.contains { $0.value == failure.remote.port })
            && (process == nil || failure.program.map { $0.name == process || "\($0.pid)" == process } ?? false)
    }

    /// The kernel passes over other ports already, but not where it tells of a RST.
    private func matchesPort(_ connection: EndedConnection) -> Bool {
        port.isEmpty
            || port.contains { [connection.story.client.port, connection.story.server.port].contains($0.value) }
    }
}

/// `--format` of stories that are told as they come.
enum StoryFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}
