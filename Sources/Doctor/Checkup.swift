import Glibc
package import TCPSockets

/// What was read from the running machine: its sockets, its settings, and the processes behind those sockets that
/// somebody should see to.
package struct Checkup: Sendable {
    /// A socket in CLOSE-WAIT.
    package struct Unclosed: Sendable, Hashable {
        package let socket: SocketEntry
        package let owner: SocketOwner?
        /// The kernel does not note when the peer's FIN came, but between which two moments it came
        /// (`SocketTimes.closeWaitAge`).
        package let age: ClosedRange<Duration>?

        /// Without an inode it belongs to no process yet: accept() has not taken it from its listener's queue.
        package var isUnaccepted: Bool { socket.inode == 0 }
    }

    package let kernel: String
    package let exposure: Exposure
    /// The oldest first.
    package let unclosed: [Unclosed]
    /// The processes behind `exposure.fullListeners`, in their order.
    package let fullListeners: [(socket: SocketEntry, owner: SocketOwner?)]
    /// TcpExt:TCPTimeWaitOverflow: how many TIME-WAITs were never held, for tcp_max_tw_buckets had been reached.
    package let timeWaitOverflows: Int?
    /// TcpExt:ListenOverflows.
    package let listenOverflows: Int?
    /// nil where no connections are tracked.
    package let tracking: ConnectionTracking?
    /// How many processes this user may not look into, if that was tried.
    package let hiddenProcesses: Int
    /// How long it took to read the kernel's table.
    package let readingTime: Duration

    package var settings: NetworkSettings { exposure.settings }

    /// The worst of what was found; nil where nothing was.
    package var worst: Advice.Severity? { advice.first?.severity }

    /// Takes what was read; for tests.
    package init(
        kernel: String, exposure: Exposure, unclosed: [Unclosed] = [],
        fullListeners: [(socket: SocketEntry, owner: SocketOwner?)] = [], timeWaitOverflows: Int? = nil,
        listenOverflows: Int? = nil, tracking: ConnectionTracking? = nil, hiddenProcesses: Int = 0,
        readingTime: Duration = .zero
    ) {
        self.tracking = tracking
        (self.kernel, self.exposure, self.fullListeners) = (kernel, exposure, fullListeners)
        self.unclosed = unclosed.sorted { ($1.age?.lowerBound ?? .zero) < ($0.age?.lowerBound ?? .zero) }
        (self.timeWaitOverflows, self.listenOverflows) = (timeWaitOverflows, listenOverflows)
        (self.hiddenProcesses, self.readingTime) = (hiddenProcesses, readingTime)
    }

    /// Reads all of it, for the network namespace of this process.
    ///
    /// - Parameter filter: The sockets that it is about.
    /// - Throws: `SocketError`.
    package static func read(_ filter: CheckupFilter = CheckupFilter()) throws -> Checkup {
        try SpareDescriptors.check()
        let clock = ContinuousClock()
        let table = try SocketTable()
        var entries: [SocketEntry] = []
        let time = try clock.measure { entries = try table.entries() }
        entries = filter.entries(of: entries)
        let exposure = Exposure(entries, settings: .read())
        var times: [SocketEntry.Identity: SocketTimes] = [:]
        if !exposure.unclosed.isEmpty {
            try table.forEachWithTimes(in: [.closeWait]) { times[$0.identity] = $1 }
        }
        let wanted = exposure.unclosed + exposure.fullListeners
        let owners = SocketOwners(of: Set(wanted.map(\.inode)))
        let counters = Counters.read()
        return Checkup(
            kernel: kernelRelease(), exposure: exposure,
            unclosed: exposure.unclosed.map {
                Unclosed(socket: $0, owner: owners[$0.inode], age: times[$0.identity]?.closeWaitAge)
            },
            fullListeners: exposure.fullListeners.map { ($0, owners[$0.inode]) },
            timeWaitOverflows: counters?.values["TcpExt:TCPTimeWaitOverflow"],
            listenOverflows: counters?.values["TcpExt:ListenOverflows"],
            tracking: .read(), hiddenProcesses: owners.hiddenProcesses, readingTime: time)
    }

    /// CLOSE-WAIT by process, those with the most first; nil for the ones whose process cannot be seen.
    package var leaks: [Leak] {
        var groups: [LeakKey: [Unclosed]] = [:]
        for socket in unclosed {
            groups[LeakKey(owner: socket.owner, isUnaccepted: socket.isUnaccepted), default: []].append(socket)
        }
        return groups.map { Leak(owner: $0.owner, isUnaccepted: $0.isUnaccepted, sockets: $1) }
            .sorted { ($1.sockets.count, $0.owner?.process ?? 0) < ($0.sockets.count, $1.owner?.process ?? 0) }
    }

    private struct LeakKey: Hashable {
        let owner: SocketOwner?
        let isUnaccepted: Bool
    }

    /// The sockets in CLOSE-WAIT of one process.
    package struct Leak: Sendable, Hashable {
        package let owner: SocketOwner?
        package let isUnaccepted: Bool
        /// The oldest first.
        package let sockets: [Unclosed]

        /// The least time that the oldest has been there.
        package var oldest: Duration? { sockets.compactMap(\.age?.lowerBound).max() }
    }
}

extension SocketEntry {
    /// What tells a connection from all others.
    struct Identity: Hashable {
        let local, remote: Endpoint
    }

    var identity: Identity { Identity(local: local, remote: remote) }
}
