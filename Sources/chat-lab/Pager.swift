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
        // Ctrl-C is the pager's while it runs.
        let before = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, before) }
        guard let pipe = popen(command, "w") else { return false }
        fputs(text + "\n", pipe)
        // sh(1) says 127 where there is no such program (POSIX, Command Search and Execution).
        return pclose(pipe) >> 8 != 127
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
