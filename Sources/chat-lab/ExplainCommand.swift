import ArgumentParser
import Claims
import Console
import Doctor
import Flags
import Recordings
import Stories
import TCPSockets
import Text
import Watch

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains an error, a TCP state or a way to close: what it means, how it arises, what to do.",
        discussion: """
            With --port it says who has that port of this machine now: a listener and its process, connections, TIME-WAIT \
            with the seconds left, a socket that is only bound, or nothing; and how many ephemeral ports connections to \
            that port use.

            EXAMPLES
              chat-lab explain                what it can explain
              chat-lab explain EADDRINUSE
              chat-lab explain EADDRINUSE --port 7000
              chat-lab explain time-wait
              chat-lab explain half-close
              chat-lab explain --port 7000
              chat-lab explain --port 7000 --seconds 10   who closes first there (root)

            EXIT STATUS
              0    success; with --port: nothing has it
              64   wrong usage, or no such name
              69   with --port: a listener, a live connection or a
                   bound socket has it
              70   the kernel's table cannot be read
              74   the result cannot be written
              75   with --port: only TIME-WAIT or connections that are
                   closing have it, or it is a destination for which
                   no ephemeral port is left; it passes by itself
              77   with --seconds: not permitted to trace
            """)

    @Argument(
        help: ArgumentHelp("Such as EADDRINUSE, TIME-WAIT or half-close.", valueName: "name"),
        completion: .list(Topic.all.map(\.name)))
    var name: String?

    @Option(help: ArgumentHelp("Who has this port of this machine?", valueName: "n"))
    var port: Port?

    @Option(help: ArgumentHelp("How long to watch connections at the port end.", valueName: "seconds"))
    var seconds: Seconds?

    func validate() throws {
        try port?.check("--port")
        try seconds?.check("--seconds")
        try require(port != nil || seconds == nil, "--seconds is for --port")
        if let name, Topic.named(name) == nil { throw ValidationError(Topic.complaint(name)) }
    }

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        let writer = ExplainText(width: textWidth(), hasColour: mayUseColour(), slowClaims: Matrix.slowClaims)
        var texts = [name.flatMap(Topic.named).map(writer.text)].compactMap(\.self)
        if name == nil, port == nil { texts.append(writer.names) }
        let ends = try recentEnds()
        let view = try port.map { port in try orExit(.software) { try PortView.read(port.value) } }
        if let view { texts.append(writer.text(view)) }
        if !ends.isEmpty { texts.append(ends.joined(separator: "\n")) }
        try orExit(.connectionLost) { try writeResult(texts.joined(separator: "\n\n")) }
        guard let view else { return }
        if view.isHeldByTheLiving { throw ExitCode(ExitStatus.unavailable.rawValue) }
        if view.isToPass { throw ExitCode(ExitStatus.tryAgainLater.rawValue) }
    }

    private func recentEnds() throws -> [String] {
        guard let port, let seconds else { return [] }
        let figures = try RecentEnds.watch(ports: [port.value], for: seconds.number) {
            $0.story.client.port == port.value || $0.story.server.port == port.value
        }
        return figures.sentences(seconds: Int(seconds.number)).flatMap {
            TextLayout.hanging("  - \($0)", indent: 4, width: textWidth())
        }
    }
}
