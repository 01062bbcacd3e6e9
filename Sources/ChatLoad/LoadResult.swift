public import TCPSockets

/// What a run gave.
public struct LoadResult: Sendable {
    public let configuration: LoadConfiguration
    /// How long operations were counted.
    public let elapsed: Duration
    /// Answers, or in churn whole conversations.
    public let operations: Int
    /// nil without any operation.
    public let latency: Latency?
    public let failures: [Failure: Int]
    public let firstFailure: Failure?
    /// What the kernel's tables said of it, where it was a connect().
    public let firstDiagnosis: AddressDiagnosis?
    /// Answers that were not the bytes of their question: all of them, unless the server echoes.
    public let unlikeQuestion: Int
    public let exhaustion: Exhaustion?
    /// The signal that ended the run early.
    public let signal: CInt?

    /// The first failure in words, with its reason where one was found.
    public var firstFailureInWords: String? { firstDiagnosis?.description ?? firstFailure?.description }

    public var perSecond: Double { elapsed > .zero ? Double(operations) / elapsed.inSeconds : 0 }

    /// How often each failure happened, under the name of its errno.
    public var errors: [String: Int] {
        Dictionary(failures.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)
    }
}

/// How a run stands.
public struct LoadProgress: Sendable {
    public let elapsed: Duration
    public let operations: Int
    /// Since the last time.
    public let perSecond: Double
    public let failures: Int
}
