import Packets

/// The sequence numbers of one side as positions on a line that does not wrap: its SYN is at 0, its first byte at 1.
///
/// A number means the place nearest to where the side was last seen to be: a window is at most 2^30 bytes wide (RFC 7323
/// section 2.3), so that is the right one.
struct SequenceLine {
    private var number: UInt32
    private var position: Int

    /// - Parameter number: What stands at the position.
    init(_ number: UInt32, at position: Int) {
        (self.number, self.position) = (number, position)
    }

    func position(of other: UInt32) -> Int {
        position + other.distance(after: number)
    }

    func number(at other: Int) -> UInt32 {
        number &+ UInt32(truncatingIfNeeded: other - position)
    }

    /// Takes note that the side has come so far.
    mutating func advance(to position: Int) {
        guard position > self.position else { return }
        number &+= UInt32(truncatingIfNeeded: position - self.position)
        self.position = position
    }
}
