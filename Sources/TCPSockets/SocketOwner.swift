internal import Glibc

/// The process that has a socket open.
public struct SocketOwner: Hashable, Sendable, CustomStringConvertible {
    public let process: Int32
    /// The name of the program, at most 15 bytes (proc(5), comm).
    public let name: String

    public var description: String { "\(name) (process \(process))" }

    /// Looks through the open descriptors of every process that this user may look into (proc(5),
    /// `/proc/PID/fd`): one's own, or all for root.
    ///
    /// - Returns: nil when none has it, or when the one that has it cannot be looked into.
    public static func find(inode: UInt32) -> SocketOwner? {
        guard inode != 0 else { return nil }
        let target = "socket:[\(inode)]"
        for process in names(in: "/proc").compactMap({ Int32($0) }) {
            let folder = "/proc/\(process)/fd"
            for descriptor in names(in: folder) where link("\(folder)/\(descriptor)") == target {
                return SocketOwner(process: process, name: firstLine(of: "/proc/\(process)/comm") ?? "?")
            }
        }
        return nil
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    private static func link(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let count = readlink(path, base, buffer.count)
            return count < 0 ? nil : String(decoding: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self)
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
