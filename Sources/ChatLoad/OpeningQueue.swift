/// Persistent connections are opened some at a time: as many handshakes as fit any backlog (net.core.somaxconn was 128
/// once). Numbers, and no sockets.
struct OpeningQueue {
    static let atATime = 100
    private let count: Int
    private var next = 0
    private var underWay = 0

    /// - Parameter count: How many connections there are to be.
    init(count: Int) {
        self.count = count
    }

    /// The next connection to open, or nil where none is left, or enough are being opened.
    mutating func takeNext() -> Int? {
        guard underWay < Self.atATime, next < count else { return nil }
        defer { next += 1 }
        underWay += 1
        return next
    }

    /// A connection is open, or will never be.
    mutating func ended() {
        underWay -= 1
    }

    var isUnderWay: Bool { underWay > 0 }

    /// Gives up those whose turn has not come.
    mutating func takeRest() -> Range<Int> {
        defer { next = count }
        return next..<count
    }
}
