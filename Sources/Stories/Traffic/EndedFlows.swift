import Packets
import Recordings

/// What is kept of a connection that is over, for whoever takes up its ports again.
struct EndedFlow {
    enum Way: UInt8 {
        case fin, rst, other
    }

    /// The number and the last timestamp of one end.
    struct End {
        var next: SequenceNumber = 0
        var timestamp: UInt32 = 0
    }

    let time: Double
    /// By the order of `FlowKey`.
    var low = End(), high = End()
    /// The number of the SYN.
    let initial: SequenceNumber
    /// Of `TimeWaits`; 0 for none.
    let timeWaits: (UInt32, UInt32)
    let way: Way
    let hasTimestamps: Bool
    let hasInitial: Bool
    let lowIsClient: Bool
}

/// The connections that have ended of late, up to about a million, whatever came meanwhile.
///
/// A connection goes by 64 bits that are computed from its ends with a key that is drawn anew for each run (Swift's Hasher,
/// SipHash): among a million there are two with the same ones once in 37,000,000 runs.
struct EndedFlows {
    /// What fits into a table of 2^20 places (Swift fills three quarters).
    private static let limit = 780_000
    private var recent: [Int: EndedFlow] = [:]
    private var earlier: [Int: EndedFlow] = [:]

    private static func place(_ key: FlowKey) -> Int { key.hashValue }

    subscript(key: FlowKey) -> EndedFlow? {
        let place = Self.place(key)
        return recent[place] ?? (earlier.isEmpty ? nil : earlier[place])
    }

    mutating func insert(_ flow: EndedFlow, for key: FlowKey) {
        if recent.count >= Self.limit { (earlier, recent) = (recent, [:]) }
        recent[Self.place(key)] = flow
    }

    mutating func remove(_ key: FlowKey) {
        let place = Self.place(key)
        recent[place] = nil
        if !earlier.isEmpty { earlier[place] = nil }
    }
}
