/// Who has a socket open, as far as this user can see.
public enum Possession: Sendable, Hashable {
    case open(SocketOwner)
    /// Nobody: it is closed, and the kernel's alone until it ends.
    case kernel
    /// Nobody yet: it waits in its listener's queue for accept().
    case queued
    /// No process that can be seen has it open, and these have descriptors waiting in a Unix socket, unread: it is one
    /// of those (unix(7), SCM_RIGHTS).
    case inFlight([SocketOwner])
    /// Some process of this user; so many processes may not be looked into.
    case hidden(user: UInt32, processes: Int)
    /// Every process that is to be seen was looked into: it is in none of them, but beyond this `/proc`, as that of
    /// another PID namespace is, or the kernel's own, as that of a tunnel is.
    case elsewhere
}

extension SocketOwners {
    /// Who has a socket of the table open.
    public func possession(of socket: SocketEntry) -> Possession {
        if socket.inode == 0 { return socket.state == .timeWait || socket.state.isClosingDown ? .kernel : .queued }
        if let owner = self[socket.inode] { return .open(owner) }
        if hiddenProcesses > 0 { return .hidden(user: socket.user, processes: hiddenProcesses) }
        return inFlight.isEmpty ? .elsewhere : .inFlight(inFlight)
    }
}
