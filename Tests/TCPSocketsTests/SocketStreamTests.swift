import Glibc
import TCPSockets
import Testing

@Suite("The socket table, read as a stream", .timeLimit(.minutes(5)))
struct SocketStreamTests {
    @Test("hands over the sockets in the states asked for, and no others", arguments: IPAddress.Family.here)
    func states(_ family: IPAddress.Family) throws {
        let listener = try Listener(family)
        let bound = try Held(boundTo: .anyPort(family))
        var found: [SocketEntry] = []
        try SocketTable().forEach(in: [.listen]) { found.append($0) }
        #expect(found.contains { $0.local == listener.endpoint })
        #expect(found.allSatisfy { $0.state == .listen })
        guard Kernel.isAtLeast(6, 8) else { return }
        let end = try bound.localEndpoint
        found = []
        try SocketTable().forEach(in: [.closed, .listen]) { found.append($0) }
        #expect(found.contains { $0.local == end && $0.state == .closed })
        #expect(found.contains { $0.state == .listen })
    }

    @Test("says between which two moments a connection came into CLOSE-WAIT", arguments: IPAddress.Family.here)
    func age(_ family: IPAddress.Family) throws {
        let pair = try Pair(family)
        try pair.client.send("1")
        try pair.server.awaitArrival(of: 1)
        usleep(300_000)
        try pair.client.use { try $0.shutdownSending() }
        try #require(try wait(for: [.peerClosed(pair.server.descriptor)], until: soon) == [0])
        usleep(200_000)
        var times: [SocketTimes?] = []
        try SocketTable().forEachWithTimes(in: [.closeWait]) { if $0.local == pair.serverEnd { times.append($1) } }
        let age = try #require(times.compactMap(\.self).first).closeWaitAge
        #expect(times.count == 1)
        // The kernel's clock ticks: up to 10 ms more or less.
        #expect(age.lowerBound >= .milliseconds(190) && age.lowerBound < age.upperBound)
        #expect(age.upperBound >= .milliseconds(490))
    }

    @Test("has no times of a listener")
    func noTimes() throws {
        let listener = try Listener()
        var isFound = false
        try SocketTable().forEachWithTimes(in: [.listen]) { entry, times in
            if entry.local == listener.endpoint { isFound = times == nil }
        }
        #expect(isFound)
    }

    @Test("The owners of many sockets are found in one walk")
    func owners() throws {
        let sockets = try (0..<3).map { _ in try Held(boundTo: .anyPort()) }
        let inodes = try sockets.map { socket -> UInt32 in
            var status = stat()
            try #require(fstat(socket.descriptor, &status) == 0)
            return UInt32(truncatingIfNeeded: status.st_ino)
        }
        let owners = SocketOwners(of: Set(inodes + [0]))
        #expect(inodes.allSatisfy { owners[$0]?.process == getpid() })
        #expect(owners[0] == nil)
        #expect(SocketOwners(of: []).hiddenProcesses == 0)
    }
}
