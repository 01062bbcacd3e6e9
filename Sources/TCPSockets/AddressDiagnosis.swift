/// Why bind() or connect() could not have an address, found in the kernel's socket table.
public struct AddressDiagnosis: Error, Sendable {
    public enum Reason: Sendable, Hashable {
        /// Nothing but TIME-WAIT holds the port.
        case timeWait(SocketEntry, others: Int)
        /// A listener has the port.
        case listener(SocketEntry, SocketOwner?)
        /// A connection that is not closed has the port.
        case connection(SocketEntry, SocketOwner?)
        /// A closed connection has the port, that waits for nothing but its peer or its timer. No program has it.
        case closingDown(SocketEntry)
        /// A socket is bound to the port without being connected.
        case bound(SocketEntry, SocketOwner?)
        /// No automatic port is left for this destination.
        case portsExhausted(range: ClosedRange<UInt16>, taken: Int, timeWait: Int, isOwnRange: Bool)
        /// Local and remote end are the same: the socket connected to itself.
        case connectedToItself
        /// Ports below this one are for privileged programs.
        case privilegedPort(below: UInt16)
        /// The address is no address of this host.
        case addressNotLocal
        /// The peer's host answered RST: nothing listens there.
        case refused
        /// No answer in time.
        case noAnswer
        /// The host has no route to that address, or a router on the way has none.
        case noRoute
        /// The error speaks for itself, and the table shows nothing that would explain it.
        case notFound
    }

    public let error: SocketError
    public let reason: Reason

    /// Explains a failed bind() or connect().
    ///
    /// - Parameters:
    ///   - error: The failure.
    ///   - local: The local address that was asked for; port 0 or nil where the kernel was to choose.
    ///   - remote: The destination, for connect().
    ///   - portRange: The socket's own range of automatic ports, if it has one.
    public init(
        _ error: SocketError, local: Endpoint?, remote: Endpoint? = nil, portRange: BindMode.PortRange? = nil
    ) {
        self.error = error
        let explicit = local.flatMap { $0.port == 0 ? nil : $0 }
        switch (error.call, error.errno) {
        case (.bind, .permissionDenied):
            reason = .privilegedPort(below: PortSettings.firstUnprivileged)
        case (.bind, .addressNotAvailable):
            reason = .addressNotLocal
        case (.bind, .addressInUse), (.listen, .addressInUse), (.connect, .addressInUse),
            (.connect, .addressNotAvailable):
            reason = Self.holder(explicit: explicit, local: local, remote: remote, portRange: portRange)
        case (.connect, .connectionRefused): reason = .refused
        case (.connect, .timedOut): reason = .noAnswer
        case (.connect, .networkUnreachable), (.connect, .hostUnreachable): reason = .noRoute
        default: reason = .notFound
        }
    }

    /// The diagnosis of a socket that is connected to itself, which connect() reports as success.
    public init(connectedToItself endpoint: Endpoint) {
        error = SocketError(.connect, .addressInUse, endpoint: endpoint)
        reason = .connectedToItself
    }

    private static func holder(
        explicit: Endpoint?, local: Endpoint?, remote: Endpoint?, portRange: BindMode.PortRange?
    ) -> Reason {
        guard let entries = try? SocketTable().entries() else { return .notFound }
        if let explicit {
            return holder(of: explicit, towards: remote, in: entries)
        }
        let range = portRange ?? PortSettings.automaticRange
        let taken = entries.filter { entry in
            range.contains(entry.local.port)
                && (remote == nil || entry.remote.unmapped == remote?.unmapped || entry.keepsPortFromAll)
                && (local.map { overlaps($0.address, entry.local.address) } ?? true)
        }
        let ports = Set(taken.map(\.local.port))
        // Fewer than all would not explain it, and then something else does.
        guard ports.count >= range.count - PortSettings.reserved.count(in: range) else { return .notFound }
        return .portsExhausted(
            range: range, taken: ports.count, timeWait: taken.count { $0.state == .timeWait },
            isOwnRange: portRange != nil)
    }

    private static func holder(
        of local: Endpoint, towards remote: Endpoint?, in entries: [SocketEntry]
    ) -> Reason {
        let holders = entries.filter { entry in
            entry.local.port == local.port && overlaps(entry.local.address, local.address)
                && (remote == nil || entry.remote.unmapped == remote?.unmapped)
        }
        func first(where matches: (TCPState) -> Bool) -> SocketEntry? {
            holders.first { matches($0.state) }
        }
        if let entry = first(where: { $0 == .listen }) {
            return .listener(entry, .find(inode: entry.inode))
        }
        if let entry = first(where: { $0 != .listen && $0 != .timeWait && $0 != .closed }) {
            return entry.inode == 0 && entry.state.isClosingDown
                ? .closingDown(entry) : .connection(entry, .find(inode: entry.inode))
        }
        if let longest = holders.filter({ $0.state == .timeWait }).max(by: { $0.timeLeft < $1.timeLeft }) {
            return .timeWait(longest, others: holders.count { $0.state == .timeWait } - 1)
        }
        if let entry = first(where: { $0 == .closed }) {
            return .bound(entry, .find(inode: entry.inode))
        }
        return .notFound
    }

    /// Whether two sockets with these addresses get in each other's way: equal, or one of them any.
    private static func overlaps(_ one: IPAddress, _ other: IPAddress) -> Bool {
        one.isAny || other.isAny || one.unmapped == other.unmapped
    }
}

extension SocketEntry {
    fileprivate var timeLeft: Duration { timer?.remaining ?? .zero }

    /// Whether connect() passes over its port whatever the destination: a listener's, or one that is bound
    /// (net/ipv4/inet_hashtables.c, __inet_hash_connect).
    fileprivate var keepsPortFromAll: Bool { state == .listen || state == .closed }
}
