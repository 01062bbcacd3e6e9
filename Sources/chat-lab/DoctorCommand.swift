import ArgumentParser
import Console
import Doctor
import Flags

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Shows this machine's own exposure to TIME-WAIT: sockets, ports, leaks, settings, and what to do.",
        discussion: """
            It reads the kernel's socket table and its settings, and changes nothing. Anybody may run it; the processes \
            of other users are seen by root only.

            EXAMPLES
              chat-lab doctor                 once
              chat-lab doctor --watch         again every 2 seconds, until Ctrl-C
              chat-lab doctor --watch 10
              chat-lab doctor --json          for programs (docs/doctor.md)
              chat-lab doctor --json --watch  one object a line

            EXIT STATUS
              0    success, whatever was found
              64   wrong usage
              70   the kernel's table cannot be read
              74   the result cannot be written
              130  ended by SIGINT
              143  ended by SIGTERM
            """)

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "Again and again, every SECONDS.")
    var watch = false

    @Argument(help: ArgumentHelp("How often, with --watch.", valueName: "seconds"))
    var seconds: Double?

    @Option(help: "How many peers, destinations and sockets are shown of each.")
    var top = 10

    func validate() throws {
        try require(watch || seconds == nil, "seconds are for --watch")
        try require((0.1...86_400).contains(seconds ?? 2), "the seconds of --watch must be from 0.1 to 86400")
        try requireOneOrMore(top, "--top")
    }

    func run() async throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        guard watch else {
            let text = try orExit(.software) { try report() }
            try orExit(.connectionLost) { try writeResult(text) }
            return
        }
        let screen = WatchScreen(isTerminal: isTerminal(1) && !json)
        try await interruptible(screen) { [self] in
            screen.enter()
            defer { screen.leave() }
            while true {
                guard try screen.show(report()) else { return }
                try await Task.sleep(for: .seconds(seconds ?? 2))
            }
        }
    }

    private func report() throws -> String {
        let checkup = try Checkup.read()
        if json { return try CheckupDocument(checkup, top: top).json(isOneLine: watch) }
        return CheckupText(checkup, top: top, width: textWidth(), hasColour: mayUseColour()).text
    }
}
