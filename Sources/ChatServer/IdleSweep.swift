import TCPSockets

/// Who is waited for too long: found by one pass over all connections now and then, instead of a timer that is moved with
/// every message.
struct IdleSweep {
    /// Whom a connection waits for, and since when.
    enum Wait {
        case client(since: Moment)
        /// Its proof.
        case proof(since: Moment)
        case answerer(since: Moment)
        /// Room in the transcript.
        case transcript(since: Moment)
    }

    private let idle, proof, answer, recording: Duration?
    private let interval: Duration?
    private var isScheduled = false

    init(_ configuration: ServerConfiguration) {
        idle = configuration.idleTimeout
        proof = configuration.proofTimeout
        answer = configuration.patienceWithAnswerer
        recording = configuration.answerTimeout ?? configuration.idleTimeout
        interval = configuration.shortestTimeout.map { min(.seconds(1), max(.milliseconds(20), $0 * 4 / 5)) }
    }

    /// - Returns: When the next pass is to be made; nil where nothing is limited, or it is scheduled already.
    mutating func schedule(now: Moment) -> Moment? {
        guard !isScheduled, let interval else { return nil }
        isScheduled = true
        return now + interval
    }

    /// A pass is made.
    mutating func begin() {
        isScheduled = false
    }

    func isOverdue(_ wait: Wait, now: Moment) -> Bool {
        let (limit, since) =
            switch wait {
            case .client(let since): (idle, since)
            case .proof(let since): (proof, since)
            case .answerer(let since): (answer, since)
            case .transcript(let since): (recording, since)
            }
        return limit.map { now - since >= $0 } ?? false
    }
}
