package import Recordings

/// A connection in somebody's traffic: its story, and what else its segments tell of its end.
package struct TrafficConnection: Sendable {
    /// A port that was taken up again within TIME-WAIT's time, and what of the new SYN tells it from old duplicates (RFC 6191
    /// section 2; net/ipv4/tcp_minisocks.c, tcp_timewait_state_process).
    package enum Reuse: String, CaseIterable, Sendable {
        case newerTimestamp = "newer timestamp"
        case higherNumber = "higher sequence number"
        case afterReset = "after a RST"
        case neither = "neither a newer timestamp nor a higher number"
    }

    /// Its place in the order of beginnings, from 1.
    package let number: Int
    package let story: Story
    /// Whether nothing ever answered its SYNs.
    package let isUnanswered: Bool
    package let halfClosedSeconds: Double?
    package let repeatedFINs: Int
    /// The sides whose last word was a receive window of 0.
    package let zeroWindows: [Side]
    /// Segments of the connection before it, between the same ends.
    package let oldDuplicates: Int
    package let reuse: Reuse?

    /// A half-closed connection is worth a word from here on, in seconds.
    package static let longHalfClosed = 10.0

    package var isHalfClosedForLong: Bool { (halfClosedSeconds ?? 0) >= Self.longHalfClosed }
}

extension TrafficConnection {
    /// What is odd about it, the oddest first; empty for one that ended as connections should.
    package var oddities: [Oddity] {
        var oddities: [Oddity] = []
        let lost = story.unacknowledged.map { $0.client + $0.server } ?? 0
        if story.ending == .rst, lost > 0 { oddities.append(.resetWithData(lost)) }
        if oldDuplicates > 0 { oddities.append(.oldDuplicates(oldDuplicates)) }
        if let side = zeroWindows.first { oddities.append(.zeroWindow(side)) }
        if story.ending == .timedOut, !isUnanswered { oddities.append(.timedOut) }
        if isHalfClosedForLong, let seconds = halfClosedSeconds { oddities.append(.halfClosed(seconds)) }
        if story.ending == .rst, lost == 0 { oddities.append(.reset) }
        if isUnanswered { oddities.append(.unanswered) }
        if repeatedFINs > 0 { oddities.append(.repeatedFINs(repeatedFINs)) }
        if story.ending == .refused { oddities.append(.refused) }
        if story.firstToClose == .both { oddities.append(.crossing) }
        if let reuse { oddities.append(.reuse(reuse)) }
        return oddities.sorted { $0.weight > $1.weight }
    }

    package enum Oddity: Hashable, Sendable {
        case resetWithData(Int), oldDuplicates(Int), zeroWindow(Side), timedOut, halfClosed(Double), reset, unanswered
        case repeatedFINs(Int), refused, crossing, reuse(Reuse)

        var weight: Int {
            switch self {
            case .resetWithData: 9
            case .oldDuplicates: 8
            case .zeroWindow: 7
            case .timedOut: 6
            case .halfClosed: 5
            case .reset, .unanswered: 4
            case .repeatedFINs: 3
            case .refused, .crossing: 2
            case .reuse(let reuse): reuse == .neither ? 5 : 1
            }
        }
    }

    /// How odd it is on the whole.
    package var oddness: Int { isOrdinary ? 0 : oddities.reduce(0) { $0 + $1.weight } }

    /// Most are, and need no list that says so.
    private var isOrdinary: Bool {
        story.ending == .fin && story.firstToClose != .both && oldDuplicates == 0 && zeroWindows.isEmpty
            && !isHalfClosedForLong && repeatedFINs == 0 && reuse == nil
    }
}
