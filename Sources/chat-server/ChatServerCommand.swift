import ArgumentParser
import ChatServer
import Console
import Glibc
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
            SIGINT and SIGTERM finish the answers in hand and end the server; SIGHUP reopens the transcript.

            EXIT STATUS
              0   success
              64  wrong usage
              68  the host is unknown
              69  the address is in use, or not of this host
              74  the transcript cannot be opened, or the address
                  cannot be written to standard output
              75  the port is held by TIME-WAIT: try again later
              77  not permitted
              141 nobody reads standard output
            """,
        version: Version.text(of: "chat-server"))

    @Option(help: ArgumentHelp("Where to listen; anything but loopback must be asked for.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port = 7000

    @Flag(
        inversion: .prefixedNo,
        help: "SO_REUSEADDR: restart although connections of an earlier run are in TIME-WAIT.")
    var reuseAddress = true

    @Option(help: "Who answers: operator, echo, or exec:COMMAND.")
    var answer = Answering.operatorAtKeyboard

    @Option(help: "Upon exit: close first (at once), last (after the client's FIN), or never (a leak, on purpose).")
    var close = ServerConfiguration.CloseOrder.first

    @Option(help: "Follow each answer with a padding frame of so many bytes.")
    var padding: Int = 0

    @Option(help: ArgumentHelp("SO_LINGER on every close; 0 makes it a reset.", valueName: "seconds"))
    var linger: Int?

    @Option(help: "How many clients are served at a time; more are told that the server is busy.")
    var maxClients: Int?

    @Option(help: "How many clients of one IPv4 address, or IPv6 network of 64 bits, are served at a time.")
    var maxPerAddress: Int?

    @Option(help: "The largest frame, 1 to 16777216.")
    var maxFrame: Int = defaultMaximumFrame

    @Option(help: ArgumentHelp("How long a client may take for its next question; 0 for ever.", valueName: "seconds"))
    var idleTimeout: Double = 600

    @Option(
        help: ArgumentHelp(
            "How long an answer may take; default: from a process as --idle-timeout, from the operator for ever.",
            valueName: "seconds"))
    var answerTimeout: Double?

    @Option(help: ArgumentHelp("How long answers in hand are awaited at the end.", valueName: "seconds"))
    var drainTimeout: Double = 5

    @Option(help: ArgumentHelp("Who may connect; may be repeated.", valueName: "cidr[:port]"))
    var allow: [AllowRule] = []

    @Option(help: "How many threads serve conversations.")
    var loops: Int = 1

    @Option(help: "Show every socket call on standard error, as text or json.")
    var trace: Trace.Format?

    @Option(help: "trace, debug, info, notice, warning, error or critical; the log is on standard error.")
    var logLevel: Logger.Level = .info

    @Option(help: ArgumentHelp("Append each answered question to a file of JSON lines.", valueName: "file"))
    var transcript: String?

    static func main() {
        reportOutputLostAtExit()
        main(nil)
    }

    func validate() throws {
        try require((0...65_535).contains(port), "--port must be from 0 to 65535")
        try require((maxPerAddress ?? 1) > 0, "--max-per-address must be at least 1")
        try require((1...16_777_216).contains(maxFrame), "--max-frame must be from 1 to 16777216")
        try require(padding >= 0 && padding < maxFrame, "--padding must be from 0 to below --max-frame")
        try require((0...65_535).contains(linger ?? 0), "--linger must be from 0 to 65535")
        try require((maxClients ?? 1) > 0, "--max-clients must be at least 1")
        try require((0...1e9).contains(idleTimeout), "--idle-timeout must be from 0 to 1000000000")
        try require(
            answerTimeout.map { $0 > 0 && $0 <= 1e9 } ?? true,
            "--answer-timeout must be above 0, and at most 1000000000")
        try require((0...1e9).contains(drainTimeout), "--drain-timeout must be from 0 to 1000000000")
        try require((1...1024).contains(loops), "--loops must be from 1 to 1024")
    }

    private func require(_ condition: Bool, _ message: String) throws {
        guard condition else { throw ValidationError(message) }
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
            writeLine("chat-server: \(error)", to: 2)
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
        case is ActivationError: .usage
        default: ExitStatus(error)
        }
    }

    private func resolvedConfiguration() throws -> ServerConfiguration {
        let endpoints = try Resolver.resolve(host, port: UInt16(port))
        let endpoint = endpoints.first(where: \.isOfThisHost) ?? endpoints[0]
        var configuration = ServerConfiguration(endpoint: endpoint, maximumFrame: maxFrame)
        configuration.reuseAddress = reuseAddress
        configuration.answering = answer
        configuration.closeOrder = close
        configuration.padding = padding
        configuration.lingerSeconds = linger
        configuration.maximumClients = maxClients
        configuration.maximumPerAddress = maxPerAddress
        configuration.idleTimeout = idleTimeout == 0 ? nil : .seconds(idleTimeout)
        configuration.answerTimeout = answerTimeout.map { .seconds($0) }
        configuration.drainTimeout = .seconds(drainTimeout)
        configuration.allowed = allow
        configuration.loops = loops
        configuration.transcript = transcript
        return configuration
    }

    /// What is easily overlooked, and hard to take back.
    private func warn(of configuration: ServerConfiguration, at endpoint: Endpoint, _ logger: Logger) {
        if case .coProcess = configuration.answering, geteuid() == 0 {
            logger.warning("the answering processes run as root: start the server as another user")
        }
        if !endpoint.address.isLoopback, configuration.allowed.isEmpty {
            logger.warning("whoever reaches \(endpoint) may talk to this server: say by --allow who may")
        }
    }
}
