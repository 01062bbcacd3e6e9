import Synchronization
import TCPSockets

/// Proofs that were wrong, counted by address: after a few, each is answered later than the one before, up to some seconds.
/// Who gives a good one waits for nothing, whoever guesses beside it.
final class FailedProofs: Sendable {
    private struct Record {
        var count = 0
        var last: Moment
    }

    static let answeredAtOnce = 3
    static let longest = Duration.seconds(4)
    private static let shortest = Duration.milliseconds(100)
    /// After so long without a wrong one all is forgotten.
    static let memory = Duration.seconds(60)
    /// Many addresses are not to fill the memory.
    static let mostAddresses = 10_000

    private let records = Mutex<[IPAddress: Record]>([:])

    /// Counts one more.
    ///
    /// - Returns: How long its answer is to wait.
    func count(_ client: Endpoint, now: Moment) -> Duration {
        records.withLock { records in
            let site = client.address.site
            if records[site] == nil, records.count >= Self.mostAddresses {
                records = records.filter { now - $0.value.last < Self.memory }
                if records.count >= Self.mostAddresses { records = [:] }
            }
            var record = records[site] ?? Record(last: now)
            if now - record.last >= Self.memory { record.count = 0 }
            record.count += 1
            record.last = now
            records[site] = record
            let beyond = record.count - Self.answeredAtOnce
            guard beyond > 0 else { return .zero }
            return beyond > 10 ? Self.longest : min(Self.longest, Self.shortest * (1 << (beyond - 1)))
        }
    }

    /// How many addresses are remembered.
    var addresses: Int { records.withLock { $0.count } }
}
