import TCPSockets
import Text

/// The names under which Unix sockets listen (unix(7)), read from `/proc/net/unix`.
///
/// Some programs put a port's number into such a name, as PostgreSQL does: `/run/postgresql/.s.PGSQL.5432`.
struct UnixListeners {
    let names: [String]

    /// The lines of `/proc/net/unix` (net/unix/af_unix.c, unix_seq_show): address, references, protocol, flags, type, state, inode,
    /// name. A socket that listens has the flag SO_ACCEPTCON.
    init(_ text: String) {
        let listening = text.split(separator: "\n").dropFirst().compactMap { line -> String? in
            let fields = line.split(separator: " ", maxSplits: 7)
            return fields.count == 8 && fields[3] == "00010000" ? String(fields[7]) : nil
        }
        names = Set(listening).sorted()
    }

    /// Those of this thread's network namespace.
    static func read() -> UnixListeners { UnixListeners(SmallFile.text(of: "/proc/thread-self/net/unix") ?? "") }

    /// Those whose last part has a number in it, as a whole, with control characters made visible.
    func names(with port: UInt16) -> [String] {
        names.filter { name in
            let last = name.split(separator: "/").last ?? ""
            return last.split { !$0.isNumber }.contains("\(port)")
        }.map(visible)
    }
}
