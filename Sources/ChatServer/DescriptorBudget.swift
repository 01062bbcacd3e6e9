import Glibc

/// How the descriptors that the process may have are divided, so that none of its parts ever finds the table full.
struct DescriptorBudget: Equatable {
    /// How many clients can be served.
    let clients: Int
    /// How many clients that were turned away may stay for a second to read why.
    let refused: Int

    /// For what comes and goes: a co-process that is being started, the transcript that is reopened, a terminal.
    static let reserve = 12

    /// - Parameters:
    ///   - limit: How many descriptors the process may have (getrlimit(2), RLIMIT_NOFILE).
    ///   - open: How many are open before there is a client.
    ///   - perClient: How many each client takes.
    init(limit: Int, open: Int, perClient: Int) {
        refused = min(64, max(2, limit / 16))
        clients = max(1, (limit - open - refused - Self.reserve) / perClient)
    }

    /// Of this process, as it is now.
    ///
    /// - Parameter loops: How many event loops there will be.
    init(loops: Int, perClient: Int) {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        // The lowest free number: as good as all below it are open, and the limit is one on the numbers.
        let lowest = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
        close(lowest)
        self.init(
            limit: isKnown ? Int(clamping: limit.rlim_cur) : 1024,
            open: Int(max(0, lowest)) + loops * Self.perLoop, perClient: perClient)
    }

    /// A poller, the descriptor of a mailbox, a listener, and one in reserve.
    private static let perLoop = 4
}
