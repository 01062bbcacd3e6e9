import ArgumentParser
import Bench
import Console
import Flags
import Recordings
import Reports
import Stories
import TCPSockets
import Text
import Trials

struct TryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Runs any two programs on the two hosts: who closes first, how, and what that does to the port.",
        discussion: """
            Each command is run by sh(1) on its host, with your environment and in this folder, and with SERVER, CLIENT \
            (the hosts' addresses) and PORT besides; {server}, {client} and {port} stand for the same. The hosts call each \
            other server and client. The programs have no keyboard and no terminal. The client runs as soon as the server \
            listens, and PORT is then the server's own.

            EXAMPLES
              chat-lab try --server 'nc -lk {port}' --client 'nc -z server {port}'
              chat-lab try --server 'python3 -m http.server {port}' \\
                           --client 'curl -s http://server:{port}/'
              … --again --restart-server   does either work at once again?
              … --times 20                 how often does which close first?
              … --output DIR               with captures, drawings and a page in DIR

            EXIT STATUS
              0    it came to a result; the programs' own statuses are told
              64   wrong usage
              70   no server that listens, no connection, or a client that does not end
              74   the result cannot be written
              77   privileges or devices are missing
              130  ended by SIGINT
              143  ended by SIGTERM
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, html
    }

    @Option(help: ArgumentHelp("What runs on the server's host.", valueName: "command"))
    var server: String

    @Option(help: ArgumentHelp("What runs on the client's host.", valueName: "command"))
    var client: String

    @OptionGroup
    var hosts: TrialHosts

    @Flag(help: "Run the client again at once: does it work?")
    var again = false

    @Flag(help: "End the server and start it again at once: does it listen?")
    var restartServer = false

    @Option(help: "How many times, each on new hosts; counts who closed first.")
    var times = 1

    @Option(help: "How long the server may take to listen, and the client to end, in seconds.")
    var timeout = 30.0

    @Option(
        help: ArgumentHelp("Where to write captures, drawings, a page and JSON.", valueName: "dir"),
        completion: .directory)
    var output: String?

    @Option(help: "How to show it: text, json or html.")
    var format = Format.text

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try require((1...1000).contains(times), "--times must be from 1 to 1000")
        try require(timeout > 0 && timeout <= 86_400, "--timeout must be more than 0 and at most 86400")
        try require(output != "", "--output: the path is empty")
        try require(times == 1 || output == nil, "--output keeps one run: leave out --times")
        try require(times == 1 || format != .html, "--format html shows one run: leave out --times")
        _ = try plan()
    }

    private func plan() throws -> TrialPlan {
        try hosts.plan(server: server, client: client, again: again, restart: restartServer, timeout: timeout)
    }

    func run() async throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        raiseDescriptorLimit()
        let plan = try plan()
        try await requirePrivileges()
        let folder = try orExit(.connectionLost) { try output.map { try TrialFolder($0) } }
        let results = try await interruptible { try await carryOut(plan) }
        if let folder {
            try orExit(.connectionLost) { _ = try folder.write(results[0], plan) }
        }
        try orExit(.connectionLost) { try writeResult(text(results, plan)) }
        if let folder { writeLine("The page is \(folder.page)", to: 2) }
        if let complaint = Self.complaint(results) {
            writeLine("chat-lab: \(visible(complaint))", to: 2)
            throw ExitCode(ExitStatus.software.rawValue)
        }
    }

    private func carryOut(_ plan: TrialPlan) async throws -> [TrialResult] {
        var results: [TrialResult] = []
        let line = TryProgressLine()
        defer { line.erase() }
        for number in 1...times {
            let prefix = times > 1 ? "\(number) of \(times): " : ""
            results.append(try await Trial.run(plan) { line.show(prefix + $0.rawValue) })
        }
        return results
    }

    private func text(_ results: [TrialResult], _ plan: TrialPlan) throws -> String {
        switch format {
        case .json:
            return try StoryDocument(
                source: .try, kernel: results[0].kernel, connections: results.flatMap { $0.connectionDocuments() },
                again: results[0].againDocument
            ).json()
        case .html: return TrialFolder.page(results[0], plan)
        case .text:
            let first = TrialText(results[0], width: textWidth(), hasColour: color.isOn).text
            guard results.count > 1 else {
                let isByFIN = results[0].connections.contains { $0.story.ending == .fin }
                return first
                    + (isByFIN ? "\n\nThis was one run; --times 10 shows whether who closes first varies." : "")
            }
            let ways = Ways(results.flatMap(\.connections).map(\.story))
            let race = ways.counts.count > 1 ? " It varies from run to run." : ""
            return "\(first)\n\n\(results.count) runs, each on new hosts; the first is shown.\(race)\n"
                + ways.lines.map { "  \($0)" }.joined(separator: "\n")
        }
    }

    /// Why it came to no result.
    private static func complaint(_ results: [TrialResult]) -> String? {
        results.lazy.compactMap(\.complaint).first
    }
}
