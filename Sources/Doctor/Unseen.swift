import Text

extension Checkup {
    /// What could not be seen, and by whom it could.
    package var unseen: [String] {
        var sentences: [String] = []
        let unknown = leaks.filter { $0.owner == nil && !$0.isUnaccepted }.reduce(0) { $0 + $1.sockets.count }
        let sockets = counted(unknown, "socket")
        if hiddenProcesses > 0 {
            sentences.append(
                "The open sockets of \(hiddenProcesses.grouped) process\(hiddenProcesses == 1 ? "" : "es") of other users: only root, or CAP_SYS_PTRACE, may "
                    + "look into \(hiddenProcesses == 1 ? "it" : "them")"
                    + (unknown > 0
                        ? "; \(sockets) in CLOSE-WAIT \(unknown == 1 ? "has" : "have") no name here therefore." : "."))
        } else if unknown > 0 {
            sentences.append(
                "The process of \(sockets) in CLOSE-WAIT: it is in no /proc that can be read from here, such "
                    + "as that of another container.")
        }
        sentences.append(
            "Other network namespaces, such as those of containers: nsenter(1) with --net runs chat-lab doctor in one.")
        sentences.append(
            "Whether a connection's port was fixed by bind(): the kernel does not tell, and gives such a port to no other "
                + "destination.")
        return sentences
    }
}
