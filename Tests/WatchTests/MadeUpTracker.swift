import TCPSockets

@testable import Watch

extension ConnectionTracker {
    /// Without a kernel: programs are named by their threads, and the table holds what is said here.
    static func forTests(
        words: [Int: String] = [:], table: [String: TCPState] = [:], listening: Set<UInt16> = []
    ) -> ConnectionTracker {
        ConnectionTracker(
            listening: listening,
            .init(
                program: { SocketProgram(pid: $0, name: "program \($0)") }, state: { local, _ in table["\(local)"] },
                word: { words[$0] }))
    }

    mutating func connections(until time: UInt64) -> [EndedConnection] {
        takeResults(until: time).compactMap { if case .connection(let connection) = $0 { connection } else { nil } }
    }
}

/// One end of a connection that a test leads through its states.
struct MadeUpSocket {
    let socket: UInt64
    let local, remote: Endpoint

    static let clientEnd = Endpoint(IPAddress(family: .v4, bits: 0xC000_0201), port: 40000)
    static let serverEnd = Endpoint(IPAddress(family: .v4, bits: 0xC000_0202), port: 8000)
    static let client = MadeUpSocket(socket: 1, local: clientEnd, remote: serverEnd)
    static let server = MadeUpSocket(socket: 2, local: serverEnd, remote: clientEnd)

    func move(_ old: TCPState, _ new: TCPState, at time: UInt64, by thread: Int32? = nil) -> KernelEvent {
        KernelEvent(
            .transition(from: old, to: new), at: time * 1_000_000, socket: socket, thread: thread ?? 999,
            isCall: thread != nil, local: local, remote: remote)
    }

    func sendsReset(_ reason: Int, at time: UInt64, socket other: UInt64? = nil) -> KernelEvent {
        KernelEvent(
            .resetSent(reason: reason), at: time * 1_000_000, socket: other ?? socket, local: local, remote: remote)
    }

    func receivesReset(at time: UInt64) -> KernelEvent {
        KernelEvent(.resetReceived, at: time * 1_000_000, socket: socket, local: local, remote: remote)
    }

    /// The three transitions of an opening, the client's and the server's.
    static func opening(at time: UInt64) -> [KernelEvent] {
        [
            client.move(.closed, .synSent, at: time, by: 10), client.move(.synSent, .established, at: time),
            server.move(.listen, .synReceived, at: time), server.move(.synReceived, .established, at: time),
        ]
    }
}
