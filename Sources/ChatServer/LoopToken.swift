import TCPSockets

/// What a token of the loop's poller stands for, besides the connection that it names (`DescriptorTable`).
enum LoopToken {
    static let listener: Poller.Token = 0
    static let mailbox: Poller.Token = 1
    static let sweep: Poller.Token = 2
    static let acceptAgain: Poller.Token = 3
    static let drainDeadline: Poller.Token = 4
    static let signals: Poller.Token = 5
    static let log: Poller.Token = 6
    static let terminating: Poller.Token = 7
    static let hangUp: Poller.Token = 8
    static let standardError: Poller.Token = 9
    static let transcript: Poller.Token = 10
    /// Set in the token of a co-process, beside that of its connection.
    static let coProcess: Poller.Token = 1 << 63
    /// Set in the token of a connection that may have nobody at its other end any more.
    static let probe: Poller.Token = 1 << 62
}
