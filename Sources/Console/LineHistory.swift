internal import Glibc

/// The file in which typed lines are kept, readable by its owner alone.
public struct LineHistory: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Where the lines of a program go by default: `$XDG_STATE_HOME/PROGRAM/history`, and without that
    /// variable `~/.local/state/PROGRAM/history` (XDG Base Directory Specification).
    ///
    /// - Returns: nil without a home directory.
    public static func standard(for program: String, environment: [String: String]) -> LineHistory? {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return LineHistory(path: "\(state)/\(program)/history")
        }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return LineHistory(path: "\(home)/.local/state/\(program)/history")
    }

    /// Makes the file and its folders, for the owner alone, where they are missing.
    ///
    /// - Returns: nil, or the error number with which it failed.
    func prepare() -> CInt? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for end in parts.indices {
            let folder = parts[...end].joined(separator: "/")
            if !folder.isEmpty, mkdir(folder, 0o700) != 0, errno != EEXIST { return errno }
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        defer { Glibc.close(descriptor) }
        // A history in /dev/null keeps nothing, and takes nothing away from anyone else.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return errno }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return fchmod(descriptor, 0o600) == 0 ? nil : errno
    }
}
