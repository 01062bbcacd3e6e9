import Histogram
import TCPSockets

/// What is counted during a run.
struct Statistics {
    /// Nanoseconds, to three digits: 270 kB, allocated once, for everything from a nanosecond to an hour.
    private var latencies = Histogram<UInt64>(
        highestTrackableValue: Self.longest, numberOfSignificantValueDigits: .three)
    private static let longest: UInt64 = 3_600_000_000_000
    private(set) var operations = 0
    private(set) var failures: [LoadFailure: Int] = [:]
    private(set) var failureCount = 0
    private(set) var firstFailure: LoadFailure?
    var unlikeQuestion = 0
    private(set) var exhaustion: Exhaustion?
    /// Why connect() failed, for each error once: the tables are long, and the failures many.
    private var diagnoses: [Errno: AddressDiagnosis] = [:]

    @inline(__always)
    mutating func completed(nanoseconds: Int64) {
        operations += 1
        latencies.record(min(UInt64(max(0, nanoseconds)), Self.longest))
    }

    mutating func failed(_ failure: LoadFailure) {
        failures[failure, default: 0] += 1
        failureCount += 1
        firstFailure = firstFailure ?? failure
    }

    /// What the kernel's tables say of an error; nil where it is not one of connect().
    ///
    /// - Parameter diagnose: Asks them.
    mutating func diagnosis(of error: SocketError, _ diagnose: () -> AddressDiagnosis) -> AddressDiagnosis? {
        guard error.call == .connect else { return nil }
        if let known = diagnoses[error.errno] { return known }
        let diagnosis = diagnose()
        diagnoses[error.errno] = diagnosis
        return diagnosis
    }

    /// Notes the first time that the kernel had nothing left to give.
    mutating func ranOut(
        of resource: Exhaustion.Resource, after time: Duration, _ error: SocketError, _ diagnosis: AddressDiagnosis?
    ) {
        guard exhaustion == nil else { return }
        exhaustion = Exhaustion(resource, after: time, operations: operations, error: error, diagnosis: diagnosis)
    }

    /// What the kernel's tables say of the first failure, where that was a connect().
    var firstDiagnosis: AddressDiagnosis? {
        guard case .call(let error) = firstFailure, error.call == .connect else { return nil }
        return diagnoses[error.errno]
    }

    var latency: Latency? {
        guard operations > 0 else { return nil }
        func at(_ percentile: Double) -> Duration { .nanoseconds(Int64(latencies.valueAtPercentile(percentile))) }
        return Latency(
            p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), highest: .nanoseconds(Int64(latencies.max)))
    }
}

/// How long operations took: for so many of a hundred, no longer than this.
package struct Latency: Hashable, Sendable {
    package let p50, p90, p99, p999, highest: Duration
}
