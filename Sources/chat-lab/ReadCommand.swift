import ArgumentParser
import Captures
import Console
import Flags
import Reports
import Stories
import TCPSockets

struct ReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Says who closed each TCP connection of a capture or an interface first, and how.",
        discussion: """
            First a summary by service and by host; then the oddest connections. A file may be pcap or pcapng, \
            compressed by gzip or not. From a pipe and from an interface, each connection is shown as it ends. A FILTER is \
            written in tcpdump's language (pcap-filter(7)).

            EXAMPLES
              chat-lab read capture.pcap
              chat-lab read capture.pcapng 'port 443 and net 192.0.2.0/24'
              chat-lab read capture.pcap --connection 7     its segments, line by line
              chat-lab read capture.pcap --output DIR       a page with drawings
              chat-lab read capture.pcap --format json      every connection, for programs
              tcpdump -i any -U -w - tcp | chat-lab read -
              chat-lab read --interface eth0 --seconds 60 port 80

            EXIT STATUS
              0    success
              64   wrong usage, or a filter that is none
              65   the capture is damaged: what came before is shown
              66   the capture cannot be opened, or there is no such interface or connection
              69   built without libpcap, which filters and interfaces need
              70   a system call failed
              74   the result cannot be written
              77   capturing is not permitted
              130  ended by SIGINT: what was read until then is shown
              143  the same by SIGTERM
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, html
    }

    @Argument(
        help: "The capture; - for standard input.", completion: .file(extensions: ["pcap", "pcapng", "cap", "gz"]))
    var file: String?

    @Argument(help: "Which packets to read, in tcpdump's language.")
    var filter: [String] = []

    @Option(
        help: ArgumentHelp("Capture on an interface of this machine; any for all.", valueName: "name"),
        completion: .shellCommand("ls /sys/class/net; echo any"))
    var interface: String?

    @Option(help: "How long to capture; otherwise until Ctrl-C.")
    var seconds: Double?

    @Option(help: ArgumentHelp("Show only this connection, with its segments.", valueName: "n"))
    var connection: Int?

    @Option(help: "How many connections to show.")
    var top = 10

    @Option(
        help: ArgumentHelp("Write a page with drawings, and the document.", valueName: "dir"), completion: .directory)
    var output: String?

    @Option(help: "How to show it: text, json or html.")
    var format = Format.text

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try require(file != nil || interface != nil, "read needs a FILE, or --interface")
        try require(seconds == nil || interface != nil, "--seconds needs --interface")
        try require((0.1...86_400).contains(seconds ?? 1), "--seconds must be from 0.1 to 86400")
        try require((connection ?? 1) >= 1, "--connection must be 1 or more")
        try require((0...1000).contains(top), "--top must be from 0 to 1000")
        try require(
            connection == nil || (output == nil && format == .text),
            "--connection shows text only: leave out --format and --output")
    }

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        do {
            try ReadSession(self).run()
        } catch let error as CaptureError {
            writeLine("chat-lab: \(error)", to: 2)
            throw ExitCode(ExitStatus(error.kind).rawValue)
        } catch let error as LostResult {
            writeLine("chat-lab: \(error)", to: 2)
            throw ExitCode(ExitStatus.connectionLost.rawValue)
        }
    }

    /// The words of the filter as one; with an interface there is no file, and the first word is one of them.
    var filterText: String? {
        let words = (interface == nil ? [] : [file].compactMap(\.self)) + filter
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}

extension ExitStatus {
    init(_ kind: CaptureError.Kind) {
        self =
            switch kind {
            case .missing: .noInput
            case .notPermitted: .notPermitted
            case .damaged: .dataError
            case .filter: .usage
            case .withoutLibpcap: .unavailable
            case .system: .software
            }
    }
}
