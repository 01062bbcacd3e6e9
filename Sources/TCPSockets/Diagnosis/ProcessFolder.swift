internal import Glibc

/// What `/proc/PID` tells of a process (proc(5)).
struct ProcessFolder {
    let number: Int32
    private var path: String { "/proc/\(number)" }

    static var all: [ProcessFolder] { numbers(in: "/proc").sorted().map { ProcessFolder(number: $0) } }

    func owner(others: Int) -> SocketOwner {
        let name = SmallFile.firstLine(of: "\(path)/comm") ?? "?"
        return SocketOwner(process: number, name: name, others: others, isStopped: isStopped)
    }

    /// When it began, in clock ticks since the machine did (proc(5), starttime, the 22nd field of `stat`), and its
    /// number, for those of one moment.
    var start: (UInt64, Int32) {
        let fields = Self.status(path)
        return (fields.count > 19 ? UInt64(fields[19]) ?? .max : .max, number)
    }

    /// The states T and t, of the first thread, or of one that still runs where that one has ended.
    private var isStopped: Bool {
        let states = [path] + threads.map { "\(path)/task/\($0)" }
        return states.lazy.compactMap { Self.status($0).first }.first { $0 != "Z" && $0 != "X" }?.lowercased() == "t"
    }

    /// The fields of `stat` from the third on; the second, the name, may have anything in it, and ends with the last
    /// parenthesis.
    private static func status(_ folder: String) -> [Substring] {
        SmallFile.firstLine(of: "\(folder)/stat")?.split(separator: ")").last?.split(separator: " ") ?? []
    }

    private var threads: [Int32] { Self.numbers(in: "\(path)/task").filter { $0 != number } }

    private static func numbers(in folder: String) -> [Int32] {
        var numbers: [Int32] = []
        _ = forEachName(in: folder) { _, name in
            if let number = Int32(String(cString: name)) { numbers.append(number) }
        }
        return numbers
    }
}

// Its descriptors.
extension ProcessFolder {
    /// Which of some sockets it has open, and under which number; nil where this user may not know.
    func sockets(among wanted: Set<UInt32>) -> [UInt32: CInt]? {
        Self.sockets(in: "\(path)/fd", among: wanted)
    }

    /// The same of all threads but the first.
    func socketsOfThreads(among wanted: Set<UInt32>) -> [UInt32: CInt] {
        threads.reduce(into: [:]) { found, thread in
            found.merge(Self.sockets(in: "\(path)/task/\(thread)/fd", among: wanted) ?? [:]) { first, _ in first }
        }
    }

    /// Whether one of its Unix sockets holds descriptors that wait to be received (`scm_fds` in `/proc/PID/fdinfo`,
    /// since Linux 5.6; net/unix/af_unix.c, unix_show_fdinfo).
    var hasDescriptorsInFlight: Bool {
        var isHolding = false
        _ = forEachName(in: "\(path)/fd") { folder, name in
            guard !isHolding, socketInode(folder, name) != nil,
                let text = SmallFile.text(of: "\(path)/fdinfo/\(String(cString: name))")
            else { return }
            isHolding = text.split(whereSeparator: \.isNewline).contains { line in
                line.hasPrefix("scm_fds:") && line.contains { $0.isNumber && $0 != "0" }
            }
        }
        return isHolding
    }

    private static func sockets(in folder: String, among wanted: Set<UInt32>) -> [UInt32: CInt]? {
        var found: [UInt32: CInt] = [:]
        let isAllowed = forEachName(in: folder) { folder, name in
            if let inode = socketInode(folder, name), wanted.contains(inode) { found[inode] = CInt(atoi(name)) }
        }
        return isAllowed ? found : nil
    }
}

/// Hands over the names in a folder, with its descriptor.
///
/// - Returns: Whether this user may read it; a folder that is not there has no names.
private func forEachName(in folder: String, _ body: (CInt, UnsafePointer<CChar>) -> Void) -> Bool {
    guard let directory = opendir(folder) else { return errno != EACCES }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
        withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) { body(dirfd(directory), $0) }
        }
    }
    return true
}

/// The number in `socket:[12345]`, read without making a string of each descriptor of a large server.
private func socketInode(_ folder: CInt, _ name: UnsafePointer<CChar>) -> UInt32? {
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
