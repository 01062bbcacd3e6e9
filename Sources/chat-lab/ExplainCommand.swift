import ArgumentParser
import Claims
import Console
import Doctor
import Experiments
import Flags
import Recordings
import Reports
import Scenes
import Stories
import TCPSockets
import Text
import Watch

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains an error, a TCP state, a way to close, a socket option or a kernel setting.",
        discussion: """
            With --port it looks at this machine first, and says who has that port now: a listener and its process, \
            connections, TIME-WAIT with the seconds left, a socket that is only bound, or nothing; and how many ephemeral \
            ports connections to that port use. With the path of a Unix socket it says who has that. Of a kernel setting it \
            shows the value on this machine.

            EXAMPLES
              chat-lab explain                what it can explain
              chat-lab explain EADDRINUSE
              chat-lab explain EADDRINUSE --port 7000
              chat-lab explain time-wait
              chat-lab explain half-close
              chat-lab explain SO_LINGER
              chat-lab explain tcp_tw_reuse   with its value on this machine
              chat-lab explain ephemeral      the ephemeral port range
              chat-lab explain /run/app.sock  who has a Unix socket
              chat-lab explain --port 7000
              chat-lab explain --port 7000 --seconds 10   who closes first there (root)

            EXIT STATUS
              0    success; with --port or a path: nothing has it
              64   wrong usage, or no such name
              69   with --port: a listener, a live connection or a
                   bound socket has it; with a path: a Unix socket
              70   the kernel's table cannot be read
              74   the result cannot be written
              75   with --port: only TIME-WAIT or connections that are
                   closing have it, or it is a destination for which
                   no ephemeral port is left; it passes by itself
              77   with --seconds: not permitted to trace
            """)

    @Argument(
        help: ArgumentHelp("Such as EADDRINUSE, TIME-WAIT, SO_LINGER, tcp_tw_reuse; or a path.", valueName: "name"),
        completion: NameCompletion.ofExplain)
    var name: String?

    @Option(help: ArgumentHelp("Who has this port of this machine?", valueName: "n"))
    var port: Port?

    @Option(help: ArgumentHelp("How long to watch connections at the port end.", valueName: "seconds"))
    var seconds: Seconds?

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try port?.check("--port")
        try seconds?.check("--seconds")
        try require(port != nil || seconds == nil, "--seconds needs --port")
        if let name, Topic.named(name) == nil, !UnixSocketView.isName(name), !Self.isGivenUnknownOption {
            let isShown = Description(of: name, experiments: allExperiments.map(\.description)) != nil
            throw ValidationError(
                isShown ? "explain does not know \(name); see chat-lab show \(name)" : Topic.complaint(name))
        }
    }

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        let writer = ExplainText(width: textWidth(), hasColour: color.isOn, slowClaims: Matrix.slowClaims)
        let ends = try recentEnds()
        let view = try port.map { port in try orExit(.software) { try PortView.read(port.value) } }
        let topic = name.flatMap(Topic.named)
        let unixSocket = topic == nil ? name.map(UnixSocketView.read) : nil
        var texts = [view.map { writer.text($0) }, unixSocket.map { writer.text($0) }].compactMap(\.self)
        if !ends.isEmpty { texts.append(ends.joined(separator: "\n")) }
        if let topic { texts.append(writer.text(topic, besides: port?.value)) }
        if name == nil, port == nil { texts.append(writer.names) }
        try orExit(.connectionLost) { try writeResult(texts.joined(separator: "\n\n")) }
        if unixSocket?.isHeld == true { throw ExitCode(ExitStatus.unavailable.rawValue) }
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
