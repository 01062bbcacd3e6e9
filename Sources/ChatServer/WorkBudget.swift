/// What one connection may do before the others have their turn. A value without a clock: work is counted, not timed.
struct WorkBudget {
    /// How much there is for a turn: an answer that is the bytes of its question counts as one.
    static let perTurn = 4096
    /// An answer that is made into text and recorded counts as so many, and more with its length.
    private static let text = 64
    private static let bytesOfText = 256
    /// So many bytes of padding count as one.
    private static let bytesOfPadding = 64

    private var left = 0

    var isSpent: Bool { left <= 0 }

    /// A turn begins.
    mutating func renew() { left = Self.perTurn }

    mutating func spendOnCopy() { left -= 1 }

    mutating func spendOnText(length: Int) { left -= Self.text + length / Self.bytesOfText }

    mutating func spendOnPadding(length: Int) { left -= Self.text + length / Self.bytesOfPadding }
}
