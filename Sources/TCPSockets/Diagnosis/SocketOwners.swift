internal import CLinux
internal import Glibc

/// The processes behind many sockets, found in one walk through `/proc`.
public struct SocketOwners: Sendable {
    private var owners: [UInt32: SocketOwner] = [:]
    /// One of the descriptors of each socket, and its process.
    private var descriptors: [UInt32: (process: Int32, number: CInt)] = [:]
    /// How many processes this user may not look into: any of them may have a socket for which there is no owner here.
    public private(set) var hiddenProcesses = 0
    /// Where no process has one of the sockets open: those whose Unix sockets hold descriptors that wait to be received.
    public private(set) var inFlight: [SocketOwner] = []

    /// Of several processes that share a socket the one that began first is named, as the one that has forked the others.
    public init(of inodes: Set<UInt32>) {
        self.init(of: inodes, among: ProcessFolder.all)
    }

    /// The same for sockets that only some processes can have: so they are found in no time.
    package init(of inodes: Set<UInt32>, amongProcesses numbers: [Int32]) {
        self.init(of: inodes, among: numbers.map { ProcessFolder(number: $0) })
    }

    private init(of inodes: Set<UInt32>, among processes: @autoclosure () -> [ProcessFolder]) {
        var wanted = inodes
        wanted.remove(0)
        guard !wanted.isEmpty else { return }
        let processes = processes()
        var holders: [UInt32: [ProcessFolder]] = [:]
        for process in processes {
            if let found = process.sockets(among: wanted) {
                note(found, of: process, in: &holders)
            } else {
                hiddenProcesses += 1
            }
        }
        wanted.subtract(holders.keys)
        // A process whose first thread has ended shows no descriptors of its own, and a thread may have some of its own
        // (unshare(2), CLONE_FILES): the other threads are asked where that is needed.
        if !wanted.isEmpty {
            for process in processes { note(process.socketsOfThreads(among: wanted), of: process, in: &holders) }
            wanted.subtract(holders.keys)
        }
        owners = holders.compactMapValues { processes in
            processes.min { $0.start < $1.start }?.owner(others: processes.count - 1)
        }
        if !wanted.isEmpty { inFlight = processes.filter(\.hasDescriptorsInFlight).map { $0.owner(others: 0) } }
    }

    private mutating func note(
        _ found: [UInt32: CInt], of process: ProcessFolder, in holders: inout [UInt32: [ProcessFolder]]
    ) {
        for (inode, descriptor) in found {
            holders[inode, default: []].append(process)
            descriptors[inode] = descriptors[inode] ?? (process.number, descriptor)
        }
    }

    public subscript(inode: UInt32) -> SocketOwner? { owners[inode] }

    /// Whether a socket has SO_REUSEADDR; nil where its process, if any, does not let this one ask
    /// (pidfd_getfd(2), ptrace(2)).
    package func setsReuseAddress(_ inode: UInt32) -> Bool? {
        guard let (process, descriptor) = descriptors[inode] else { return nil }
        var value: CInt = 0
        guard clinux_socket_option_of(process, descriptor, SOL_SOCKET, SO_REUSEADDR, &value) == 0 else { return nil }
        return value != 0
    }
}
