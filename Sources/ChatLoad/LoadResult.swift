import Diagnoses
package import TCPSockets

/// What a run gave.
package struct LoadResult: Sendable {
    package let configuration: LoadConfiguration
    /// How long operations were counted.
    package let elapsed: Duration
    /// Answers, or in churn whole conversations.
    package let operations: Int
    /// nil without any operation.
    package let latency: Latency?
    package let failures: [LoadFailure: Int]
    package let firstFailure: LoadFailure?
    /// What the kernel's tables said of it, where it was a connect().
    package let firstDiagnosis: AddressDiagnosis?
    /// Answers that were not the bytes of their question: all of them, unless the server echoes.
    package let unlikeQuestion: Int
    package let exhaustion: Exhaustion?
    /// The signal that ended the run early.
    package let signal: CInt?

    /// The first failure in words, with its reason where one was found.
    package var firstFailureInWords: String? { firstDiagnosis?.inWords ?? firstFailure?.description }

    package var perSecond: Double { elapsed > .zero ? Double(operations) / elapsed.inSeconds : 0 }

    /// How often each failure happened, under the name of its errno.
    package var errors: [String: Int] {
        Dictionary(failures.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)
    }
}

/// How a run stands.
package struct LoadProgress: Sendable {
    package let elapsed: Duration
    package let operations: Int
    /// Since the last time.
    package let perSecond: Double
    package let failures: Int
}
