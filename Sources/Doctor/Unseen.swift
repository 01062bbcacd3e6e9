import Text

extension Checkup {
    /// What could not be seen, and by whom it could.
    package var unseen: [String] {
        var sentences: [String] = []
        let unknown = leaks.filter { $0.owner == nil && !$0.isUnaccepted }.reduce(0) { $0 + $1.sockets.count }
        let sockets = counted(unknown, "socket")
        if hiddenProcesses > 0 {
            sentences.append(
                "The sockets of \(hiddenProcesses.grouped) process\(hiddenProcesses == 1 ? "" : "es") of other "
                    + "users: only root, or CAP_SYS_PTRACE, sees them"
                    + (unknown > 0
                        ? "; so \(sockets) in CLOSE-WAIT \(unknown == 1 ? "has" : "have") no name here." : "."))
        } else if unknown > 0 {
            sentences.append(
                "The process of \(sockets) in CLOSE-WAIT: this /proc does not show it; it may be in another container.")
        }
        sentences.append(
            "Other network namespaces, such as containers': nsenter(1) with --net runs chat-lab doctor in one.")
        sentences.append(
            "Whether bind() fixed a connection's port: the kernel does not tell, and such a port serves no other "
                + "destination.")
        return sentences
    }
}
