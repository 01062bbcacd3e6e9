import ArgumentParser
import Console
import Doctor
import Flags
import Stories
import TCPSockets
import Watch

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks this machine for TIME-WAIT, leaks and a lack of ports, and says what to do.",
        discussion: """
            It reads the kernel's socket table and its settings, and changes nothing. It works for every user; only root \
            sees other users' processes.

            EXAMPLES
              chat-lab doctor                 once
              chat-lab doctor --watch         again every 2 seconds, until Ctrl-C
              chat-lab doctor --watch 10
              chat-lab doctor --json          for programs (docs/doctor.md)
              chat-lab doctor --json --watch  one object a line

              chat-lab doctor --seconds 10    who closes first, besides (root)
              chat-lab doctor --port 5432     only sockets with this port
              chat-lab doctor --metrics       OpenMetrics, for a textfile collector
              chat-lab doctor --exit-status   1 for a warning, 2 for something critical

            EXIT STATUS
              0    success, whatever was found
              1    with --exit-status: a warning
              2    with --exit-status: something fails now
              64   wrong usage
              70   the kernel's table cannot be read
              74   the result cannot be written
              77   with --seconds: not permitted to trace
              130  ended by SIGINT
              143  ended by SIGTERM
            """)

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "As OpenMetrics text.")
    var metrics = false

    @Flag(help: "Show everything, even if nothing needs to be done.")
    var verbose = false

    @Flag(help: "End with 1 after a warning, with 2 after something critical.")
    var exitStatus = false

    @Option(
        name: .customLong("seconds"),
        help: ArgumentHelp("First watch connections end for this time, and say who closed first.", valueName: "seconds")
    )
    var watchingTime: Seconds?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only sockets with one of these ports at either end.", valueName: "n"))
    var port: [Port] = []

    @Option(
        help: ArgumentHelp("Only sockets of a program, by its name or its process number.", valueName: "name|pid"),
        completion: NameCompletion.ofProcess)
    var process: String?

    @Option(help: ArgumentHelp("Only sockets towards this address.", valueName: "address"))
    var peer: IPAddress?

    @Flag(help: "Repeat every SECONDS.")
    var watch = false

    @Argument(help: ArgumentHelp("How often, with --watch.", valueName: "seconds"))
    var seconds: Double?

    @Option(help: "How many peers, destinations and sockets to show.")
    var top = 10

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try require(watch || seconds == nil, "SECONDS needs --watch")
        try require((0.1...86_400).contains(seconds ?? 2), "the seconds of --watch must be from 0.1 to 86400")
        try requireOneOrMore(top, "--top")
        try require(!(json && metrics), "--json and --metrics cannot be combined")
        try require(!(watch && (exitStatus || metrics)), "--watch cannot be combined with --exit-status or --metrics")
        try require(
            watchingTime == nil || !(watch || metrics), "--seconds cannot be combined with --watch or --metrics")
        for port in port { try port.check("--port") }
        try watchingTime?.check("--seconds")
    }

    func run() async throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        guard watch else {
            let ends = try watchEnds()
            let checkup = try orExit(.software) { try Checkup.read(filter) }
            try orExit(.connectionLost) { try writeResult(text(of: checkup, ends)) }
            if exitStatus, let status = Self.status(of: checkup.worst) { throw ExitCode(status) }
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

    private var filter: CheckupFilter {
        CheckupFilter(ports: Set(port.map(\.value)), peer: peer, process: process)
    }

    private static func status(of worst: Advice.Severity?) -> Int32? {
        switch worst {
        case .critical: 2
        case .warning: 1
        case .notice, nil: nil
        }
    }

    private func report() throws -> String { try text(of: Checkup.read(filter), nil) }

    private func text(of checkup: Checkup, _ ends: WatchFigures?) throws -> String {
        if metrics { return CheckupMetrics(checkup, top: top).text }
        let sentences = ends?.sentences(seconds: Int(watchingTime?.number ?? 0), top: top)
        if json { return try CheckupDocument(checkup, ends: sentences, top: top).json(isOneLine: watch) }
        return CheckupText(
            checkup, ends: sentences ?? [], top: top, width: textWidth(), hasColour: color.isOn,
            mayBeShort: !verbose && !watch
        ).text
    }

    /// nil where that was not asked for.
    private func watchEnds() throws -> WatchFigures? {
        guard let watchingTime else { return nil }
        return try RecentEnds.watch(ports: port.map(\.value), for: watchingTime.number) { connection in
            let story = connection.story
            let ports = Set(port.map(\.value))
            let programs = [connection.client, connection.server].compactMap(\.self)
            return (ports.isEmpty || ports.contains(story.client.port) || ports.contains(story.server.port))
                && (peer == nil || [story.client.address, story.server.address].contains { $0 == peer?.unmapped })
                && (process == nil || programs.contains { $0.name == process || "\($0.pid)" == process })
        }
    }
}
