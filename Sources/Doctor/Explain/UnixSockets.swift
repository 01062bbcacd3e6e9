import TCPSockets
import Text

/// The Unix sockets that have a name (unix(7)), read from `/proc/net/unix`.
///
/// Some programs put a port's number into such a name, as PostgreSQL does: `/run/postgresql/.s.PGSQL.5432`.
struct UnixSockets {
    struct Entry: Hashable {
        let name: String
        let listens: Bool
        let inode: UInt32

        var isAbsolute: Bool { name.hasPrefix("/") }
        /// Neither a path from the root nor an abstract name.
        var isRelative: Bool { !isAbsolute && !name.hasPrefix("@") }
        var lastPart: Substring { name.split(separator: "/").last ?? "" }
    }

    let entries: [Entry]

    /// The lines of `/proc/net/unix` (net/unix/af_unix.c, unix_seq_show): address, references, protocol, flags, type, state, inode,
    /// name. A socket that listens has the flag SO_ACCEPTCON.
    init(_ text: String) {
        entries = text.split(separator: "\n").dropFirst().compactMap { line -> Entry? in
            let fields = line.split(separator: " ", maxSplits: 7)
            guard fields.count == 8, let inode = UInt32(fields[6]) else { return nil }
            return Entry(name: String(fields[7]), listens: fields[3] == "00010000", inode: inode)
        }
    }

    /// Those of this thread's network namespace.
    static func read() -> UnixSockets { UnixSockets(SmallFile.text(of: "/proc/thread-self/net/unix") ?? "") }

    /// The paths of listeners.
    var listeningPaths: [String] { Set(entries.filter { $0.listens && $0.isAbsolute }.map(\.name)).sorted() }

    /// The names of listeners whose last part has a number in it, as a whole, with control characters made visible.
    func names(with port: UInt16) -> [String] {
        let listening = Set(entries.filter(\.listens).map(\.name)).sorted()
        return listening.filter { name in
            let last = name.split(separator: "/").last ?? ""
            return last.split { !$0.isNumber }.contains("\(port)")
        }.map(visible)
    }
}
