import Glibc
import TCPSockets
import Testing

@Suite("The socket table", .timeLimit(.minutes(5)))
struct SocketTableTests {
    @Test("shows a listener with its backlog and those who wait in it", arguments: IPAddress.Family.here)
    func listener(_ family: IPAddress.Family) throws {
        let listener = try Listener(family, backlog: 5)
        let clients = [try Held(family), try Held(family)]
        for client in clients { try client.connect(to: listener.endpoint) }
        try #require(try wait(for: [.input(listener.descriptor)], until: soon) == [0])
        let entries = try SocketTable().entries().filter { $0.local == listener.endpoint && $0.state == .listen }
        #expect(entries.count == 1)
        let entry = try #require(entries.first)
        #expect(entry.remote.port == 0 && entry.remote.address.isAny)
        #expect(entry.sendQueue == 5)
        #expect(entry.receiveQueue == 2)
        #expect(entry.user == geteuid())
        #expect(entry.description == "\(listener.endpoint) LISTEN")
    }

    @Test("shows both sides of a connection, with what is unread", arguments: IPAddress.Family.here)
    func connection(_ family: IPAddress.Family) throws {
        let pair = try Pair(family)
        try pair.client.send("12345")
        try pair.server.awaitArrival(of: 5)
        let entries = try SocketTable().entries()
        let server = try #require(entries.first { $0.local == pair.serverEnd && $0.remote == pair.clientEnd })
        let client = try #require(entries.first { $0.local == pair.clientEnd && $0.remote == pair.serverEnd })
        #expect(server.state == .established && client.state == .established)
        #expect(server.receiveQueue == 5)
        #expect(client.receiveQueue == 0)
        #expect(server.inode != client.inode && server.inode != 0)
        #expect(client.description == "\(pair.clientEnd) → \(pair.serverEnd) ESTABLISHED")
    }

    @Test("counts a FIN that is not read, which is no byte", arguments: [0, 5])
    func unread(_ count: Int) throws {
        let pair = try Pair()
        let waiting = Sides(client: .finWait2, server: .closeWait)
        if count > 0 { try pair.client.send(String(repeating: "x", count: count)) }
        try pair.client.close()
        try #require(try pair.states(settledAt: waiting) == waiting)
        let entry = try #require(try SocketTable.find(local: pair.serverEnd, remote: pair.clientEnd))
        #expect(entry.receiveQueue == count + 1)
        #expect(entry.unreadBytes == count)
    }

    @Test("shows a socket that is only bound", .enabled(if: Kernel.isAtLeast(6, 8)), arguments: IPAddress.Family.here)
    func bound(_ family: IPAddress.Family) throws {
        let bound = try Held(boundTo: .anyPort(family))
        let endpoint = try bound.localEndpoint
        let entries = try SocketTable().entries().filter { $0.local == endpoint }
        #expect(entries.map(\.state) == [.closed])
    }

    @Test("shows TIME-WAIT with what is left of its 60 seconds", arguments: IPAddress.Family.here)
    func timeWait(_ family: IPAddress.Family) throws {
        let pair = try Pair(family)
        let waiting = Sides(client: .timeWait)
        try pair.client.close()
        try #require(try pair.server.readToEnd().end == .fin)
        try pair.server.close()
        try #require(try pair.states(settledAt: waiting) == waiting)
        let entry = try #require(try SocketTable.find(local: pair.clientEnd, remote: pair.serverEnd))
        let timer = try #require(entry.timer)
        #expect(timer.kind == .timeWait)
        #expect(timer.remaining > .zero && timer.remaining <= .seconds(60))
        #expect(entry.inode == 0)
        let words = "\(pair.clientEnd) → \(pair.serverEnd) TIME-WAIT"
        #expect(entry.description == words && entry.timeLeft == .exactly(timer.remaining))
    }

    @Test("does not take the listener for a connection that is not there")
    func absent() throws {
        let listener = try Listener()
        let stranger = try Held(boundTo: .anyPort())
        #expect(try SocketTable.find(local: listener.endpoint, remote: stranger.localEndpoint) == nil)
    }

    @Test("tells one connection from the others of a port")
    func findsTheRightOne() throws {
        let listener = try Listener()
        let clients = [try Held(), try Held()]
        for client in clients { try client.connect(to: listener.endpoint) }
        let ends = try clients.map { try $0.localEndpoint }
        let accepted = [try listener.acceptNext(), try listener.acceptNext()]
        try clients[1].use { try $0.shutdownSending() }
        for server in accepted where try server.use({ try $0.remoteEndpoint() }) == ends[1] {
            try #require(try wait(for: [.peerClosed(server.descriptor)], until: soon) == [0])
        }
        #expect(try SocketTable.find(local: listener.endpoint, remote: ends[0])?.state == .established)
        #expect(try SocketTable.find(local: listener.endpoint, remote: ends[1])?.state == .closeWait)
    }

    @Test("answers each of several threads that ask at the same time")
    func threads() async throws {
        final class Shared: Sendable {
            let table: SocketTable
            init() throws { table = try SocketTable() }
        }
        let listener = try Listener()
        let shared = try Shared()
        let (local, remote) = (listener.endpoint, Endpoint(.loopbackV4, port: 1))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    number.isMultiple(of: 2)
                        ? try shared.table.find(local: local, remote: remote, orListener: true)?.local == local
                        : try shared.table.entries().contains { $0.local == local }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test("leads from a socket to its process")
    func owner() throws {
        let listener = try Listener()
        let entry = try #require(try SocketTable().entries().first { $0.local == listener.endpoint })
        let owner = try #require(SocketOwner.find(inode: entry.inode))
        #expect(owner.process == getpid())
        #expect(owner.name == SmallFile.firstLine(of: "/proc/self/comm"))
        #expect(SocketOwner.find(inode: 0) == nil)
    }
}
