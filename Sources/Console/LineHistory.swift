import Glibc
import TCPSockets

/// The file in which typed lines are kept, readable by its owner alone.
///
/// It is a line of text an entry, oldest first, and it only ever grows: it may be somebody's file, and several programs may
/// write to it. An entry of several lines, pasted at once, has the byte 1 where each of its line feeds was, as psql(1)
/// writes it.
package struct LineHistory: Sendable {
    package let path: String
    /// How many of the last entries are brought back, from how many of the last bytes.
    static let recalled = (entries: 1000, bytes: 1 << 20)
    private static let lineFeed = UInt8(ascii: "\n")
    private static let lineFeedInEntry: UInt8 = 1

    /// A history that cannot be kept.
    struct Unusable: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "no history: \(path): \(reason)" }
    }

    package init(path: String) {
        self.path = path
    }

    /// Where the lines of a program go by default: `$XDG_STATE_HOME/PROGRAM/history`, and without that
    /// variable `~/.local/state/PROGRAM/history` (XDG Base Directory Specification).
    ///
    /// - Returns: nil without a home directory.
    package static func standard(for program: String, environment: [String: String]) -> LineHistory? {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return LineHistory(path: "\(state)/\(program)/history")
        }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return LineHistory(path: "\(home)/.local/state/\(program)/history")
    }

    /// The last entries, oldest first. It makes the file and its folders, for the owner alone, where they are missing.
    func entries() throws(Unusable) -> [String] {
        try makeFolders()
        return try withFile { descriptor, size throws(Unusable) in
            guard fchmod(descriptor, 0o600) == 0 else { throw failure() }
            let start = max(0, size - Self.recalled.bytes)
            var bytes = [UInt8](repeating: 0, count: size - start)
            let count = pread(descriptor, &bytes, bytes.count, start)
            guard count >= 0 else { throw failure() }
            var lines = bytes[..<count].split(separator: Self.lineFeed)
            // The first one may be the end of a line.
            if start > 0 { lines = Array(lines.dropFirst()) }
            return lines.suffix(Self.recalled.entries).compactMap { line in
                String(validating: line.map { $0 == Self.lineFeedInEntry ? Self.lineFeed : $0 }, as: UTF8.self)
            }
        } ?? []
    }

    /// Adds an entry, in one write() at the end of the file.
    func append(_ entry: String) throws(Unusable) {
        try withFile { descriptor, size throws(Unusable) in
            var bytes = entry.utf8.map { $0 == Self.lineFeed ? Self.lineFeedInEntry : $0 } + [Self.lineFeed]
            var last = Self.lineFeed
            // Somebody's editor may have left the last line without its end.
            if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != Self.lineFeed {
                bytes.insert(Self.lineFeed, at: 0)
            }
            guard write(descriptor, bytes, bytes.count) == bytes.count else { throw failure() }
        }
    }

    private func makeFolders() throws(Unusable) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for end in parts.indices {
            let folder = parts[...end].joined(separator: "/")
            if !folder.isEmpty, mkdir(folder, 0o700) != 0, errno != EEXIST { throw failure() }
        }
    }

    /// Runs a block with the open file and its size.
    ///
    /// - Returns: nil for a device, such as /dev/null: it keeps nothing.
    private func withFile<R>(
        _ body: (_ descriptor: CInt, _ size: Int) throws(Unusable) -> R
    ) throws(Unusable) -> R? {
        // Without O_NONBLOCK, a FIFO without a reader would hold up the program.
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return try body(descriptor, Int(status.st_size))
        case S_IFCHR: return nil
        default: throw Unusable(path: path, reason: "it is not a regular file")
        }
    }

    private func failure() -> Unusable {
        Unusable(path: path, reason: "\(Errno(rawValue: errno))")
    }
}
