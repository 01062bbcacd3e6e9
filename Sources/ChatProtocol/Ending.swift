/// How the peer ended a conversation. The five are never taken for one another: each tells something else
/// about what was lost and who waits in TIME-WAIT.
public enum Ending: String, Hashable, Sendable, CaseIterable {
    /// The client said `exit`.
    case exit
    /// FIN came between two frames.
    case endOfStream = "end of stream"
    /// FIN came inside a frame.
    case truncated
    /// RST came: ECONNRESET from recv(), or EPIPE from send().
    case reset
    /// The peer was not heard of for too long: ETIMEDOUT.
    case timedOut = "timed out"
}
