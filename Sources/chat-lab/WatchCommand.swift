import ArgumentParser
import Console
import Flags
import TCPSockets
import Text
import Watch

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract:
            "Shows this machine's connections as they end: which program closed first, how, and what it does to the ports.",
        discussion: """
            It reads the kernel's tracepoints, in a tracefs instance of its own that it removes at the end. On a terminal \
            it shows a table by service and program, once a second; into a pipe it writes a line for each connection. It \
            needs root.

            EXAMPLES
              chat-lab watch                       a table; s sorts, p pauses, q quits
              chat-lab watch --port 443 8080       only these ports, at either end
              chat-lab watch --process nginx
              chat-lab watch --seconds 10 | less   a line each
              chat-lab watch --format json         for programs (docs/watch.md)
              chat-lab watch --sample              without root: from the socket table

            EXIT STATUS
              0    success
              64   wrong usage
              70   the kernel's files cannot be read
              74   the result cannot be written
              77   not permitted to trace, or nothing to trace with
              130  ended by SIGINT
              143  ended by SIGTERM
            """)

    @OptionGroup var filter: WatchFilter

    @Option(help: "How long; otherwise until Ctrl-C.")
    var seconds: Seconds?

    @Option(help: "text: one line for each connection; json: one object a line; the default on a terminal is a table.")
    var format: StoryFormat?

    @Flag(help: "Look at the socket table once a second instead: this misses shorter states.")
    var sample = false

    @Option(help: ArgumentHelp("The kernel's buffer for each processor.", valueName: "kib"))
    var buffer: Int?

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try seconds?.check("--seconds")
        try require((4...1_048_576).contains(buffer ?? 4), "--buffer must be from 4 to 1048576")
        try require(!sample || format != .json, "--sample cannot see connections end: leave out --format json")
        try require(!sample || filter.process == nil, "--sample knows no processes: leave out --process")
    }

    func run() async throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        let isTable = isTerminal(1) && format == nil
        let keys = isTable && isTerminal(0) ? SingleKeys() : nil
        let screen = WatchScreen(isTerminal: isTable, keys: keys)
        try await interruptible(screen) { [self] in
            let stop = try EventDescriptor()
            try await withTaskCancellationHandler {
                try await onThreadOfItsOwn {
                    try sample ? runSample(screen, stop) : runWatch(screen, stop)
                }
            } onCancel: {
                stop.signal()
            }
        }
    }

    private func runWatch(_ screen: WatchScreen, _ stop: EventDescriptor) throws {
        let watch: Watch
        do {
            watch = try Watch(.init(ports: filter.port.map(\.value), kibibytes: buffer))
        } catch let error as TracingError {
            writeLine("chat-lab: \(error)", to: 2)
            throw ExitCode((error.isRefusal ? ExitStatus.notPermitted : .software).rawValue)
        }
        defer { watch.stop() }
        let session = WatchSession(watch, self, screen)
        try session.run(until: stop)
    }

    private func runSample(_ screen: WatchScreen, _ stop: EventDescriptor) throws {
        let table = try SocketTable()
        var sample = Sample(ports: filter.port.map(\.value))
        let end = seconds.map { ContinuousClock.now + $0.duration }
        screen.enter()
        defer { screen.leave() }
        var next = ContinuousClock.now
        while true {
            sample.look(at: try table.entries())
            let (columns, rows) = screen.isTerminal ? terminalSize() : (TextLayout.width, Int.max)
            guard try screen.show(sample.text(columns: columns, rows: rows)) else { return }
            next += .seconds(1)
            let inputs = [Awaited.input(stop.descriptor)] + (screen.hasKeys ? [.input(0)] : [])
            while next > .now {
                let ready = try wait(for: inputs, until: end.map { min(next, $0) } ?? next)
                if ready.contains(0) || end.map({ $0 <= .now }) == true { return }
                if ready.contains(1), SingleKeys.read()?.contains("q") ?? true { return }
            }
        }
    }
}
