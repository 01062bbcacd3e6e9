import ArgumentParser
import ChatLoad
import ChatProtocol
import Console
import Flags
import Glibc
import TCPSockets
import Text

@main
struct ChatLoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-load",
        abstract: "Puts a chat-server under load, and says how fast it answers and what went wrong.",
        discussion: """
            The server has to answer by itself: chat-server --answer echo.
            In the mode persistent, each connection asks again as soon as it
            is answered. In churn, each conversation is one question on a
            connection of its own, which ends by exit and --close.

            EXAMPLES
              chat-load                              64 connections, 10 s
              chat-load --connections 1              how quick is one answer?
              chat-load --mode churn --close reset   conversations that leave
                  no TIME-WAIT
              chat-load --mode churn --seconds 60    do the ports suffice?
              chat-load --format json                for programs

            EXIT STATUS
              0    success: no errors
              64   wrong usage
              65   the server broke the protocol
              68   the host is unknown
              69   refused, unreachable or busy
              74   connections were lost, or the results cannot be written
              75   the ports, or the descriptors, ran out
              77   not permitted
              130  ended by SIGINT, with the results so far
              143  ended by SIGTERM, with the results so far
            """,
        version: Version.text(of: "chat-load"))

    @Option(
        help: ArgumentHelp("The server's address, or a name, of which the first address counts.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: "The server's port.")
    var port = Port(7000)

    @Option(
        help: "What a connection is used for: persistent or churn. (default: persistent)",
        completion: .list(words(LoadConfiguration.Mode.self)), transform: word)
    var mode = LoadConfiguration.Mode.persistent

    @Option(help: ArgumentHelp("How many connections there are at a time.", valueName: "n"))
    var connections = 64

    @Option(help: "How long to measure.")
    var seconds: Double = 10

    @Option(help: ArgumentHelp("The length of a question.", valueName: "bytes"))
    var payload = 32

    @Option(
        help:
            "What to do after exit; persistent connections do it when the time is over: \(orList(words(CloseStrategy.self))). (default: active)",
        completion: .list(words(CloseStrategy.self)), transform: word)
    var close = CloseStrategy.active

    @OptionGroup
    var closeTimes: CloseTimeFlags

    @Option(help: "How the results are shown: table or json.")
    var format = Format.table

    static func main() {
        reportOutputLostAtExit()
        main(nil)
    }

    func validate() throws {
        try port.check("--port")
        try require((1...1_000_000).contains(connections), "--connections must be from 1 to 1000000")
        try require(seconds > 0 && seconds <= 1e6, "--seconds must be above 0 and at most 1000000")
        try require(
            (0..<Frame.highestLimit).contains(payload), "--payload must be from 0 to \(Frame.highestLimit - 1)")
    }

    func run() throws {
        openStandardDescriptors()
        signal(SIGPIPE, SIG_IGN)
        let status: ExitStatus
        do {
            status = try load()
        } catch {
            writeLine("chat-load: \(error)", to: STDERR_FILENO)
            status = ExitStatus(error)
        }
        guard status == .success else { throw ExitCode(status.rawValue) }
    }

    private func load() throws -> ExitStatus {
        let server = try Resolver.resolve(host, port: port.value)[0]
        // Each connection takes one.
        raiseDescriptorLimit()
        var configuration = LoadConfiguration(
            server: server, mode: mode, connections: connections, duration: .seconds(seconds), payload: payload,
            close: close)
        configuration.closeTimes = closeTimes.times

        let signals = try Signals([SIGINT, SIGTERM])
        let line = LoadProgressLine(of: configuration.duration)
        let result = try ChatLoad.run(configuration, signals: signals, showProgress: line.map { $0.show })
        line?.erase()
        try writeResult(format.text(of: result))
        if format == .json, let failure = result.firstFailureInWords {
            writeLine("chat-load: \(failure)", to: STDERR_FILENO)
        }
        return ExitStatus(result)
    }
}

extension ExitStatus {
    /// How a run went: by what ended it, else by what went wrong first.
    fileprivate init(_ result: LoadResult) {
        if let signal = result.signal {
            self = signal == SIGTERM ? .terminated : .interrupted
        } else if result.exhaustion != nil {
            self = .tryAgainLater
        } else {
            self = result.firstFailure.map(ExitStatus.init) ?? .success
        }
    }

    private init(_ failure: LoadFailure) {
        switch failure {
        case .call(let error): self.init(error)
        case .refused(.notAllowed), .challenged: self = .notPermitted
        case .refused(.frameTooLarge), .protocolBroken: self = .dataError
        case .refused: self = .unavailable
        case .endOfStream, .truncated, .serverDidNotClose, .unfinished: self = .connectionLost
        case .option: self = .software
        }
    }
}
