import TCPSockets

/// The question of a connection that is with its answerer.
struct PendingAnswer {
    var question: String?
    /// When that question came.
    var askedAt: Moment
    var coProcess: CoProcess?
    /// Whether the co-process has taken the question.
    var polling = PipePolling()
    /// Whether its process has ended by itself: it gets no other one, which would know nothing of the questions before.
    var hasLostCoProcess = false
}
