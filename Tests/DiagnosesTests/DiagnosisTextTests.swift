import TCPSockets
import Testing

@testable import Diagnoses

@Suite("A diagnosis in words")
struct DiagnosisTextTests {
    private static let end = Endpoint(.loopbackV4, port: 1)
    private static let there = Endpoint(.loopbackV4, port: 2)

    private func socket(
        _ state: TCPState, _ kind: SocketEntry.TimerKind? = nil, seconds: Int = 3, inode: UInt32 = 0
    ) -> SocketEntry {
        SocketEntry(
            local: Self.end, remote: Self.there, state: state,
            timer: kind.map { .init(kind: $0, remaining: .seconds(seconds)) }, inode: inode)
    }

    /// What a failed bind() is told of those that have the port.
    private func diagnosis(_ holders: [PortHolder], reuseAddress: Bool = true) -> AddressDiagnosis {
        AddressDiagnosis(
            SocketError(.bind, .addressInUse, endpoint: Self.end),
            of: AddressRequest(local: Self.end, reuseAddress: reuseAddress, isIPv6Only: false),
            reason: .held(holders.sorted { $0.order < $1.order }))
    }

    private var waiting: PortHolder { PortHolder(socket(.timeWait, .timeWait), .kernel) }
    private var bound: PortHolder { PortHolder(socket(.closed, inode: 1), .elsewhere) }

    @Test("is three sentences: the call, what was found, what to do")
    func threeSentences() {
        #expect(
            diagnosis([waiting]).inWords
                == "bind 127.0.0.1:1: EADDRINUSE (Address already in use). 127.0.0.1:1 → 127.0.0.1:2 TIME-WAIT, 3.0 s left. "
                + "Try again in 3.0 s, or use another port; to avoid this, let the other side close first.")
    }

    @Test("names the option that helps, where it was not set")
    func hint() {
        let remedy = diagnosis([waiting], reuseAddress: false).remedy
        #expect(remedy.contains("or at once with SO_REUSEADDR before bind() if the earlier socket had it too"))
    }

    @Test("names the process that listens, and how many others have the socket too")
    func listener() {
        let owner = SocketOwner(process: 12, name: "chat-server", others: 2)
        let holder = PortHolder(socket(.listen, inode: 1), .open(owner))
        #expect(
            diagnosis([holder]).finding
                == "127.0.0.1:1 is listening, held by chat-server (process 12) and 2 other processes.")
        #expect(diagnosis([holder]).remedy == "Stop all of these processes or use another port.")
    }

    @Test("Who stays is told before who passes")
    func order() {
        #expect(diagnosis([waiting, bound]).finding.hasPrefix("127.0.0.1:1 is bound, without a connection"))
    }

    @Test("The kernel may have a listener without a process: then there is no program to stop")
    func noProgram() {
        #expect(!diagnosis([bound]).remedy.contains("Stop") && diagnosis([bound]).remedy.contains("the kernel"))
    }

    @Test("One socket without a time takes the time from all")
    func noTime() {
        let unacknowledged = PortHolder(socket(.lastAck, .retransmission), .kernel)
        #expect(diagnosis([waiting]).remedy.contains("in 3.0 s"))
        let remedy = diagnosis([waiting, unacknowledged]).remedy
        #expect(!remedy.contains(" s,") && remedy.contains("it ends by itself"))
    }

    @Test("A socket that is connected to itself is told without an error, for connect() reported none")
    func itself() {
        let words = AddressDiagnosis(connectedToItself: Self.end).inWords
        #expect(words.hasPrefix("connect 127.0.0.1:1: The socket is connected to itself"))
    }

    @Test("An error that has nothing to do with addresses stays as it is")
    func unexplained() {
        let error = SocketError(.bind, .badDescriptor)
        let diagnosis = AddressDiagnosis(error, of: AddressRequest(local: nil), reason: .unexplained)
        #expect(diagnosis.inWords == "bind: EBADF (Bad file descriptor)")
        #expect(explained(error) == diagnosis.inWords)
    }

    @Test("A diagnosis is told in sentences, and any other error as it describes itself")
    func explanation() {
        let error: any Error = diagnosis([waiting])
        #expect(explained(error) == diagnosis([waiting]).inWords)
        #expect("\(error)" == "bind 127.0.0.1:1: EADDRINUSE (Address already in use)")
        #expect(explained(CancellationError()) == "\(CancellationError())")
    }

    @Test(
        "The shortage: how many ports, and what has them",
        arguments: [
            (
                PortShortage(range: 40_000...40_009, taken: 10, timeWait: 0),
                "All 10 ephemeral ports (40000-40009) are in use, none by TIME-WAIT."
            ),
            (
                PortShortage(range: 40_000...40_009, taken: 10, timeWait: 3),
                "All 10 ephemeral ports (40000-40009) are in use, 3 of these by TIME-WAIT."
            ),
            (
                PortShortage(range: 40_000...40_000, taken: 1, timeWait: 1),
                "The only ephemeral port (40000) is in use, by TIME-WAIT."
            ),
        ])
    func shortage(_ shortage: PortShortage, _ words: String) {
        #expect(shortage.finding == words)
    }

    @Test(
        "An ICMP error, and who sent it",
        arguments: [
            (ICMPError.Kind.portUnreachable, "port unreachable"), (.prohibited, "prohibited"),
            (.timeExceeded, "in a loop"),
        ])
    func icmp(_ kind: ICMPError.Kind, _ words: String) {
        let error = ICMPError(kind, from: .loopbackV4)
        #expect(error.inWords.contains(words) && error.inWords.contains("from 127.0.0.1"))
    }
}

@Suite("Sockets and processes in words")
struct HolderTextTests {
    private func socket(_ state: TCPState, _ kind: SocketEntry.TimerKind) -> SocketEntry {
        SocketEntry(
            local: Endpoint(.loopbackV4, port: 1), remote: Endpoint(.loopbackV4, port: 2), state: state,
            timer: .init(kind: kind, remaining: .milliseconds(39_540)))
    }

    @Test("The time that is left is told where the kernel has set one")
    func timeLeft() {
        #expect(socket(.timeWait, .timeWait).inWords == "127.0.0.1:1 → 127.0.0.1:2 TIME-WAIT, 39.5 s left")
        #expect(socket(.finWait2, .keepalive).inWords == "127.0.0.1:1 → 127.0.0.1:2 FIN-WAIT-2, at least 39.5 s left")
        #expect(socket(.finWait1, .retransmission).inWords == "127.0.0.1:1 → 127.0.0.1:2 FIN-WAIT-1")
    }

    @Test("A process cannot drive the terminal by its name")
    func name() {
        let owner = SocketOwner(process: 7, name: "\u{1B}[2Jgone", isStopped: true)
        #expect(owner.inWords == "^[[2Jgone (process 7, stopped)")
    }
}
