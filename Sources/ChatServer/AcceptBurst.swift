/// How many clients are accepted in a row: as many as are likely to wait. Twice as many as last time, if so many came; no
/// more than came, if fewer did. So one that comes alone costs one accept(), and none that only says EAGAIN.
struct AcceptBurst {
    private static let most = 64
    private var limit = 1
    private var count = 0

    /// Whether one more is to be tried.
    var goesOn: Bool { count < limit }

    mutating func accepted() { count += 1 }

    /// The queue is empty, or as many came as were expected; the next burst begins.
    mutating func end() {
        limit = goesOn ? max(1, count) : min(limit * 2, Self.most)
        count = 0
    }
}
