import ArgumentParser
import ChatClient
import Console
import Flags
import FoundationEssentials
import Identities
import TCPSockets
import Text

@main
struct ChatClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-client",
        abstract: "Asks a chat-server, a line a question, until exit; and closes the way you say.",
        discussion: """
            EXAMPLES
              chat-client                            talk to 127.0.0.1:7000
              echo hello | chat-client --port 7000   ask one question from a pipe
              chat-client --close reset --aftermath  and see that nothing is left
              chat-client --trace text               see every socket call
              chat-client --local-port 50001
                  the article's client: against chat-server --close last,
                  its second run cannot bind() while TIME-WAIT lasts
              chat-client --local-port 50001 --close passive
                  the follow-up's remedy: run it as often as you like

            EXIT STATUS
              0    success
              64   wrong usage
              65   the server, or the input, broke the protocol
              66   the file of --identity cannot be opened
              68   the host is unknown
              69   refused, unreachable, busy, or the address is in use;
                   no answer from a name server in time
              74   the connection was lost, or an answer cannot be written
              75   the port is held by TIME-WAIT, or none is left:
                   try again later
              77   not permitted; the server asks who you are
              130  ended by SIGINT
              141  the reader of the answers has gone away
              143  ended by SIGTERM
            """,
        version: Version.text(of: "chat-client"))

    enum Bind: String, CaseIterable {
        case implicit, explicit
    }

    @Option(help: ArgumentHelp("The server's address or name.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: "The server's port.")
    var port = Port(7000)

    @Option(
        help:
            "Who chooses the local port: implicit, the kernel (the default); or explicit, you (50001 unless --local-port).",
        completion: .list(words(Bind.self)), transform: word)
    var bind: Bind?

    @Option(help: ArgumentHelp("The local port; says --bind explicit.", valueName: "n"))
    var localPort: Port?

    @Option(help: ArgumentHelp("The local address.", valueName: "address"))
    var localAddress: IPAddress?

    @Flag(help: "SO_REUSEADDR before bind().")
    var reuseAddress = false

    @Flag(help: "IP_BIND_ADDRESS_NO_PORT: bind the address and leave the port to connect().")
    var bindNoPort = false

    @Option(
        help: ArgumentHelp(
            "IP_LOCAL_PORT_RANGE for this socket (Linux 6.3; carried back to 6.1.32).", valueName: "low-high"),
        transform: PortRange.init)
    var localPortRange: PortRange?

    @Option(
        help: "What to do after exit: \(orList(words(CloseStrategy.self))). (default: active)",
        completion: .list(words(CloseStrategy.self)), transform: word)
    var close = CloseStrategy.active

    @OptionGroup
    var closeTimes: CloseTimeFlags

    @Option(
        help: ArgumentHelp(
            "How long to wait for the connection, including the name look-up.", valueName: "seconds"))
    var connectTimeout = Seconds(10)

    @OptionGroup
    var frameLimit: FrameLimitFlag

    @Option(
        help: ArgumentHelp(
            "Who you are, for a server that asks: a file with one line, NAME KEY.", valueName: "file"),
        completion: .file())
    var identity: String?

    @Option(help: ArgumentHelp("Print a line NAME KEY with a new key for --identity, and end.", valueName: "name"))
    var newIdentity: String?

    @Option(help: "Show every socket call on standard error, as text or json.")
    var trace: Trace.Format?

    @Flag(help: "Say afterwards what the kernel still keeps of the connection.")
    var aftermath = false

    @Option(
        help: ArgumentHelp("Where typed lines are kept, instead of $CHAT_CLIENT_HISTORY.", valueName: "file"),
        completion: .file())
    var history: String?

    @Flag(help: "Keep no typed lines.")
    var noHistory = false

    static func main() {
        reportOutputLostAtExit()
        main(nil)
    }

    func validate() throws {
        try port.check("--port")
        try require(bind != .implicit || localPort == nil, "--local-port and --bind implicit cannot be combined")
        try require(
            localPortRange == nil || explicitPort == nil, "--local-port-range and a local port cannot be combined")
        try localPort?.check("--local-port")
        try require(
            !bindNoPort || (localAddress != nil && explicitPort == nil),
            "--bind-no-port needs --local-address and no local port")
        try connectTimeout.check("--connect-timeout")
        try require(
            identity == nil && newIdentity == nil || IdentityKey.isAvailable,
            "--identity and --new-identity are missing: this program was built without libsodium")
        try require(identity == nil || newIdentity == nil, "--identity and --new-identity cannot be combined")
        try require(
            newIdentity.map(Identity.isName) ?? true,
            "--new-identity takes a name of 1 to 64 bytes, without blanks, control characters or a leading #")
        try require(history == nil || !noHistory, "--history and --no-history cannot be combined")
    }

    /// The port of the article's client, unless another one is given.
    private var explicitPort: Port? { localPort ?? (bind == .explicit ? Port(50_001) : nil) }

    func run() throws {
        let status = newIdentity.map(printIdentity) ?? MainActor.assumeIsolated { converse() }
        guard status == .success else { throw ExitCode(status.rawValue) }
    }

    private func printIdentity(named name: String) -> ExitStatus {
        openStandardDescriptors()
        do {
            guard let identity = Identity(newNamed: name) else { return .usage }
            return try writeResult(identity.line) ? .success : .readerGone
        } catch {
            writeLine("chat-client: \(error)", to: 2)
            return ExitStatus(error)
        }
    }

    @MainActor
    private func converse() -> ExitStatus {
        openStandardDescriptors()
        var configuration = ClientConfiguration(host: host, port: port.value, maximumFrame: frameLimit.maxFrame.number)
        configuration.bind = BindMode(
            address: localAddress, port: explicitPort?.value, reuseAddress: reuseAddress, withoutPort: bindNoPort,
            portRange: localPortRange?.ports)
        configuration.close = close
        configuration.closeTimes = closeTimes.times
        configuration.connectTimeout = connectTimeout.duration
        configuration.showsAftermath = aftermath
        configuration.history = historyFile
        configuration.trace = trace
        do {
            configuration.identity = try identity.map { try IdentityFile.readOne($0) }
            return try ChatClient(configuration).run()
        } catch let error as IdentityFile.Unusable {
            writeLine("chat-client: \(error)", to: 2)
            return ExitStatus(error)
        } catch {
            writeLine("chat-client: \(error)", to: 2)
            return ExitStatus(error)
        }
    }

    private var historyFile: LineHistory? {
        let environment = ProcessInfo.processInfo.environment
        if noHistory { return nil }
        if let path = history ?? environment["CHAT_CLIENT_HISTORY"], !path.isEmpty { return LineHistory(path: path) }
        return .standard(for: "chat-client", environment: environment)
    }
}
