internal import Glibc

/// The process that has a socket open.
public struct SocketOwner: Hashable, Sendable, CustomStringConvertible {
    public let process: Int32
    /// The name of the program: at most 15 bytes (proc(5), comm), which it chooses for itself. Control characters are
    /// made visible, for whoever has the socket may be anybody.
    public let name: String
    /// How many other processes have the socket open as well: those that a server forked, say.
    public let others: Int

    public init(process: Int32, name: String, others: Int = 0) {
        self.process = process
        self.name = name
        self.others = others
    }

    public var description: String { "\(name) (process \(process))" }

    /// Looks through the open descriptors of every process that this user may look into (proc(5),
    /// `/proc/PID/fd`): one's own, or all for root.
    ///
    /// - Returns: nil when none has it, or when the one that has it cannot be looked into.
    public static func find(inode: UInt32) -> SocketOwner? {
        SocketOwners(of: [inode])[inode]
    }
}

/// The processes behind many sockets, found in one walk through `/proc`.
public struct SocketOwners: Sendable {
    private var owners: [UInt32: SocketOwner] = [:]
    /// How many processes this user may not look into: any of them may have a socket for which there is no owner here.
    public private(set) var hiddenProcesses = 0

    /// Of several processes that share a socket the one that began first is named, as the one that has forked the others.
    public init(of inodes: Set<UInt32>) {
        var wanted = inodes
        wanted.remove(0)
        var holders: [UInt32: [Int32]] = [:]
        for process in wanted.isEmpty ? [] : Self.processes() {
            if let found = Self.sockets(of: process, among: wanted) {
                for inode in found { holders[inode, default: []].append(process) }
            } else {
                hiddenProcesses += 1
            }
        }
        owners = holders.compactMapValues { processes in
            processes.min { Self.start(of: $0) < Self.start(of: $1) }.map { process in
                SocketOwner(process: process, name: Self.programName(of: process), others: processes.count - 1)
            }
        }
    }

    public subscript(inode: UInt32) -> SocketOwner? { owners[inode] }

    /// When it began, in clock ticks since the machine did (proc(5), starttime, the 22nd field of `stat`; the second, the
    /// name, may have anything in it, and ends with the last parenthesis), and its number, for those of one moment.
    private static func start(of process: Int32) -> (UInt64, Int32) {
        let fields = firstLine(of: "/proc/\(process)/stat")?.split(separator: ")").last?.split(separator: " ") ?? []
        return (fields.count > 19 ? UInt64(fields[19]) ?? .max : .max, process)
    }

    private static func programName(of process: Int32) -> String {
        firstLine(of: "/proc/\(process)/comm").map(visible) ?? "?"
    }

    private static func processes() -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var processes: [Int32] = []
        while let entry = readdir(directory) {
            let number = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { Int32(String(cString: $0)) }
            }
            if let number { processes.append(number) }
        }
        return processes.sorted()
    }

    /// Which of some sockets a process has open; nil where this user may not know.
    private static func sockets(of process: Int32, among wanted: Set<UInt32>) -> Set<UInt32>? {
        guard let directory = opendir("/proc/\(process)/fd") else { return errno == EACCES ? nil : [] }
        defer { closedir(directory) }
        let folder = dirfd(directory)
        var found: Set<UInt32> = []
        while let entry = readdir(directory) {
            let inode = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { socketInode(folder, $0) }
            }
            if let inode, wanted.contains(inode) { found.insert(inode) }
        }
        return found
    }

    /// The number in `socket:[12345]`, read without making a string of each descriptor of a large server.
    private static func socketInode(_ folder: CInt, _ name: UnsafePointer<CChar>) -> UInt32? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let count = readlinkat(folder, name, base, buffer.count)
            let prefix = "socket:[".utf8
            guard count > prefix.count + 1, zip(buffer, prefix).allSatisfy({ UInt8(bitPattern: $0) == $1 }) else {
                return nil
            }
            return buffer[prefix.count..<count - 1].reduce(0) { $0 &* 10 &+ UInt32(UInt8(bitPattern: $1) &- 48) }
        }
    }
}

/// The first line of a small file such as those below /proc, or nil when it cannot be read.
func firstLine(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, CInt(line.count), file) != nil else { return nil }
    return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
