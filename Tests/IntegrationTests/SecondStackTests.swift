import FoundationEssentials
import Glibc
import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

/// A TCP of the reader's own, for which docs/kernels.md has the contract.
private let ownStack = getenv("STACK").map { String(cString: $0) }
private let hasSecondStack =
    laboratoryIsPossible && (ownStack != nil || access("/usr/include/lwip/lwip/tcp.h", R_OK) == 0)

/// The chat between this kernel and another TCP: lwIP, or the program that `STACK` names (docs/kernels.md).
@Suite(
    "Against another TCP", .enabled(if: hasSecondStack, "needs root, /dev/net/tun and liblwip-dev"),
    .timeLimit(.minutes(5)))
struct SecondStackTests {
    private static let root = String(#filePath.split(separator: "/Tests/", maxSplits: 1)[0])

    /// A conversation and what it has left.
    private struct Cell {
        let client: Host
        let stack: ProgramStack
        let wire: Wire
        let chat: Chat

        /// Runs the client from its fixed port; its exit status.
        func converse(_ arguments: String...) async throws -> Int32 {
            let server = Endpoint(Side.server.address(.v4), port: Chat.port)
            let command = chat.client(to: server, ["--local-port", "50001", "--connect-timeout", "1"] + arguments)
            return try await client.run(command) { program in
                program.say(Chat.question)
                guard try await program.nextLine() != nil else { return }
                program.say("exit")
            }.status
        }

        var connection: FourTuple {
            FourTuple(
                client: Endpoint(Side.client.address(.v4), port: 50_001),
                server: Endpoint(Side.server.address(.v4), port: Chat.port))
        }

        /// Until both hosts have come to a state.
        func settled(client: TCPState, server: TCPState) async throws -> SocketStates {
            try await eventually(is: [client, server]) {
                let states = try wire.look(at: connection)
                return [states.state(.client), states.state(.server)]
            }
            return try wire.look(at: connection)
        }

        /// Who sent the first FIN.
        var closedFirst: Side? {
            segments.first { $0.segment.flags.contains(.fin) }?.from
        }

        var segments: [CapturedSegment] { wire.recording.read(\.segments) }
    }

    private func withStack(closing: String, _ body: (Cell) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let program = try await compiled(in: folder)
            let (client, stack) = (try await Host(.client), try ProgramStack(program, closing: closing))
            let wire = try Wire(between: client, and: stack)
            defer { wire.stop() }
            try await body(Cell(client: client, stack: stack, wire: wire, chat: Chat(folder: productsFolder)))
        }
    }

    private func compiled(in folder: String) async throws -> String {
        if let ownStack { return ownStack }
        let (source, program) = ("\(Self.root)/Examples/lwip-server/lwip-server.c", "\(folder)/lwip-server")
        let flags = ["-Wall", "-Wextra", "-Werror", "-I/usr/include/lwip"]
        let run = try await withProgram(["cc"] + flags + [source, "-o", program, "-llwip", "-lpthread"], input: "")
        try #require(run.status == 0, "\(run.errors)")
        return program
    }

    @Test(
        "The client closes first: TIME-WAIT is on its host, for this kernel's 60 s, and the stack keeps nothing (A5, D2, C9)"
    )
    func clientFirst() async throws {
        try await withStack(closing: "last") { cell in
            #expect(try await cell.converse("--close", "active") == 0)
            let states = try await cell.settled(client: .timeWait, server: .listen)
            #expect(cell.closedFirst == .client)
            let left = try #require(states.client?.timer?.remaining)
            #expect(left <= .seconds(60))
        }
    }

    @Test("The stack closes first: it holds TIME-WAIT, for its own time, and this kernel keeps nothing (A5, D2, C9)")
    func stackFirst() async throws {
        try await withStack(closing: "first") { cell in
            #expect(try await cell.converse("--close", "passive") == 0)
            let states = try await cell.settled(client: .closed, server: .timeWait)
            #expect(cell.closedFirst == .server)
            let left = try #require(states.server?.timer?.remaining)
            if ownStack != nil {
                print("TIME-WAIT of the stack: \(left) to go")
            } else {
                // 2 x 60 s; it did not begin a minute ago.
                #expect(left > .seconds(60) && left <= .seconds(120))
            }
        }
    }

    @Test("From the same port at once: lwIP in TIME-WAIT takes no SYN, and no RST either (A7, A8)")
    func again() async throws {
        try await withStack(closing: "first") { cell in
            #expect(try await cell.converse("--close", "passive") == 0)
            _ = try await cell.settled(client: .closed, server: .timeWait)
            let before = cell.segments.count
            let status = try await cell.converse("--close", "passive")
            let segments = cell.segments.dropFirst(before)
            let (asked, answered) = (segments.filter { $0.from == .client }, segments.filter { $0.from == .server })
            if ownStack != nil {
                print("Again from the same port: exit status \(status), its answer: \(answered.map(\.segment.flags))")
            } else {
                // Not reachable: the client gave up after a second.
                #expect(status == 69)
                #expect(!answered.isEmpty && answered.allSatisfy { $0.segment.flags == .ack })
                // An ACK of what it never sent: this kernel answers with a RST, and lwIP ignores it.
                #expect(
                    asked.contains { $0.segment.flags == .rst }
                        && asked.allSatisfy { [.syn, .rst].contains($0.segment.flags) })
                #expect(try cell.wire.look(at: cell.connection).state(.server) == .timeWait)
            }
        }
    }
}
