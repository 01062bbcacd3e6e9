import ArgumentParser
import ChatServer
import Console
import Diagnoses
import Flags
import Glibc
import Identities
import Logging
import TCPSockets

@main
struct ChatServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-server",
        abstract: "Answers questions over TCP, one conversation a connection, until the client says exit.",
        discussion: """
            EXAMPLES
              chat-server                           answer yourself, on port 7000
              chat-server --answer echo             send every question back
              chat-server --answer exec:'bc -lq'    let a calculator answer
              chat-server --close last              let the client close first
              yes maybe | chat-server --port 0      answer from a pipe, any port

            The first line on standard output is "listening on ADDRESS:PORT".
            SIGINT and SIGTERM finish the answers in hand and end the server; SIGHUP reopens the transcript and \
            reads the identities again.

            EXIT STATUS
              0   success
              64  wrong usage
              65  the file of identities is not one
              66  the file of identities cannot be opened
              68  the host is unknown
              69  the address is in use, or not of this host
              74  the transcript cannot be opened, or the address
                  cannot be written to standard output
              75  the port is held by TIME-WAIT: try again later
              77  not permitted; others may read the identities
              141 nobody reads standard output
            """,
        version: Version.text(of: "chat-server"))

    @Option(
        help: ArgumentHelp(
            "The address to listen on; other hosts can connect only to one that is not loopback.", valueName: "address")
    )
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port = ListeningPort(7000)

    @Flag(
        inversion: .prefixedNo,
        help: "SO_REUSEADDR: restart although connections of an earlier run are in TIME-WAIT.")
    var reuseAddress = true

    @Option(help: "Who answers: operator, echo, or exec:COMMAND.", completion: .list(["operator", "echo"]))
    var answer = Answering.operatorAtKeyboard

    @Option(
        help:
            "Upon exit: close first (at once), last (after the client's FIN), or never (a leak, on purpose). (default: first)",
        completion: .list(words(ServerConfiguration.CloseOrder.self)), transform: word)
    var close = ServerConfiguration.CloseOrder.first

    @Option(help: "Follow each answer with a padding frame of so many bytes.")
    var padding: Int = 0

    @Option(help: ArgumentHelp("SO_LINGER on every close; 0 makes it a reset.", valueName: "seconds"))
    var linger: LingerSeconds?

    @Option(help: "How many clients are served at a time; further ones get error 5, busy.")
    var maxClients: Int?

    @Option(help: "How many clients of one IPv4 address, or IPv6 /64 network, are served at a time.")
    var maxPerAddress: Int?

    @OptionGroup
    var frameLimit: FrameLimitFlag

    @Option(help: ArgumentHelp("How long a client may take for its next question; 0 for ever.", valueName: "seconds"))
    var idleTimeout = Seconds(600)

    @Option(
        help: ArgumentHelp(
            "How long an answer may take. (default: --idle-timeout for a process, no limit for the operator)",
            valueName: "seconds"))
    var answerTimeout: Seconds?

    @Option(help: ArgumentHelp("How long to wait for pending answers at the end.", valueName: "seconds"))
    var drainTimeout = Seconds(5)

    @Option(help: ArgumentHelp("Who may connect; may be repeated.", valueName: "cidr[:port]"))
    var allow: [AllowRule] = []

    @Option(
        help: ArgumentHelp(
            "Serve only clients that prove who they are; one NAME KEY a line, as chat-client --new-identity prints it.",
            valueName: "file"),
        completion: .file())
    var identities: String?

    @Option(help: "How many threads serve conversations.")
    var loops: Int = 1

    @Option(help: "Show every socket call, and how each conversation ends, on standard error, as text or json.")
    var trace: Trace.Format?

    @Option(help: "trace, debug, info, notice, warning, error or critical; the log is on standard error.")
    var logLevel: Logger.Level = .info

    @Option(
        help: ArgumentHelp("Append each answered question to a file of JSON lines.", valueName: "file"),
        completion: .file())
    var transcript: String?

    static func main() {
        reportOutputLostAtExit()
        main(nil)
    }

    func validate() throws {
        try port.check("--port")
        try requireOneOrMore(maxPerAddress, "--max-per-address")
        try require(
            padding >= 0 && padding < frameLimit.maxFrame.number, "--padding must be from 0 to below --max-frame")
        try linger?.check("--linger")
        try requireOneOrMore(maxClients, "--max-clients")
        try idleTimeout.check("--idle-timeout")
        try require(
            answerTimeout.map { $0.isWithinBounds && $0.number > 0 } ?? true,
            "--answer-timeout must be above 0, and at most 1000000000")
        try require(
            identities == nil || IdentityKey.isAvailable,
            "--identities is missing: this program was built without libsodium")
        try drainTimeout.check("--drain-timeout")
        try require((1...1024).contains(loops), "--loops must be from 1 to 1024")
    }

    func run() throws {
        try MainActor.assumeIsolated { try serve() }
    }

    @MainActor
    private func serve() throws {
        openStandardDescriptors()
        do {
            let notices = answer == .operatorAtKeyboard && isTerminal(0) && isTerminal(1) ? try Notices() : nil
            let log = makeLogOutput(notices)
            if let trace { Trace.start(trace) { log.post($0, about: .trace) } }
            let logger = makeLogger(log, notices, level: logLevel)
            let configuration = try resolvedConfiguration()
            let server = try ChatServer(configuration: configuration, logger: logger, log: log, notices: notices)
            warn(of: configuration, at: server.endpoint, logger)
            try announce(server)
            try server.run()
        } catch let code as ExitCode {
            throw code
        } catch {
            writeLine("chat-server: \(explained(error))", to: 2)
            throw ExitCode(status(of: error).rawValue)
        }
    }

    /// Says where the server listens, without which nobody may find it.
    @MainActor
    private func announce(_ server: ChatServer) throws {
        do {
            guard try writeResult("listening on \(server.endpoint)") else {
                throw ExitCode(ExitStatus.readerGone.rawValue)
            }
        } catch {
            server.giveUp()
            throw error
        }
    }

    private func status(of error: any Error) -> ExitStatus {
        switch error {
        case let error as TranscriptError: error.isPermission ? .notPermitted : .connectionLost
        case let error as IdentityFile.Unusable: ExitStatus(error)
        case is ActivationError: .usage
        default: ExitStatus(error)
        }
    }

    private func resolvedConfiguration() throws -> ServerConfiguration {
        let endpoints = try Resolver.resolve(host, port: port.value)
        let endpoint = endpoints.first(where: \.isOfThisHost) ?? endpoints[0]
        var configuration = ServerConfiguration(endpoint: endpoint, maximumFrame: frameLimit.maxFrame.number)
        configuration.reuseAddress = reuseAddress
        configuration.answering = answer
        configuration.closeOrder = close
        configuration.padding = padding
        configuration.lingerSeconds = linger?.number
        configuration.maximumClients = maxClients
        configuration.maximumPerAddress = maxPerAddress
        configuration.idleTimeout = idleTimeout.number == 0 ? nil : idleTimeout.duration
        configuration.answerTimeout = answerTimeout?.duration
        configuration.drainTimeout = drainTimeout.duration
        configuration.allowed = allow
        configuration.identities = identities
        configuration.loops = loops
        configuration.transcript = transcript
        return configuration
    }

    /// What is easily overlooked, and hard to take back.
    private func warn(of configuration: ServerConfiguration, at endpoint: Endpoint, _ logger: Logger) {
        if case .coProcess = configuration.answering, geteuid() == 0 {
            logger.warning("the answering processes run as root: start the server as another user")
        }
        if !endpoint.address.isLoopback, configuration.allowed.isEmpty, configuration.identities == nil {
            logger.warning("anyone who reaches \(endpoint) may use this server; --allow limits who may")
        }
    }
}
