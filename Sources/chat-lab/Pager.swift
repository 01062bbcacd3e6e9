import Console
import Glibc

/// Shows a text that is longer than the terminal by a pager, as git(1) does: CHAT_LAB_PAGER, PAGER, or less(1), which ends by
/// itself when all fits (-F), keeps colours (-R) and leaves the text on the screen (-X).
enum Pager {
    /// - Returns: False where there is no need of one, or none could be had; then nothing was written.
    static func show(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        guard isTerminal(STDOUT_FILENO), lines >= terminalSize(STDOUT_FILENO).rows else { return false }
        let command = variable("CHAT_LAB_PAGER") ?? variable("PAGER") ?? "less"
        guard command != "", command != "cat" else { return false }
        setenv("LESS", "FRX", 0)
        guard let pipe = start(command) else { return false }
        // Ctrl-C goes to the whole foreground; while the pager runs it is meant for the pager.
        let before = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, before) }
        fputs(text + "\n", pipe)
        // sh(1) says 127 where there is no such program (POSIX, Command Search and Execution).
        return pclose(pipe) >> 8 != 127
    }

    /// A pager inherits what this program ignores (execve(2)): SIGPIPE is given back for the moment, and SIGINT ignored only
    /// afterwards.
    private static func start(_ command: String) -> UnsafeMutablePointer<FILE>? {
        let before = signal(SIGPIPE, SIG_DFL)
        defer { signal(SIGPIPE, before) }
        return popen(command, "w")
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
