/// The process that has a socket open.
public struct SocketOwner: Hashable, Sendable {
    public let process: Int32
    /// The name of the program: at most 15 bytes (proc(5), comm), which it chooses for itself. Whoever has the
    /// socket may be anybody: control characters that drive a terminal may be among them.
    public let name: String
    /// How many other processes have the socket open as well: those that a server forked, say.
    public let others: Int
    /// Whether it is stopped, by a signal (Ctrl-Z) or by a debugger: it accepts nothing, and obeys no SIGTERM, until it
    /// goes on.
    public let isStopped: Bool

    public init(process: Int32, name: String, others: Int = 0, isStopped: Bool = false) {
        (self.process, self.name, self.others, self.isStopped) = (process, name, others, isStopped)
    }

    /// Looks through the open descriptors of every process that this user may look into (proc(5),
    /// `/proc/PID/fd`): one's own, or all for root.
    ///
    /// - Returns: nil when none has it, or when the one that has it cannot be looked into.
    public static func find(inode: UInt32) -> SocketOwner? {
        SocketOwners(of: [inode])[inode]
    }
}
