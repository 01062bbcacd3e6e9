/// When a connection last did something, as the kernel remembers it (tcp(7), struct tcp_info).
public struct SocketTimes: Hashable, Sendable {
    /// tcpi_last_data_sent.
    public let sinceDataSent: Duration
    /// tcpi_last_data_recv; where no data ever came, since the connection was made.
    public let sinceDataReceived: Duration
    /// tcpi_last_ack_recv.
    public let sinceAcknowledgement: Duration

    public init(sinceDataSent: Duration, sinceDataReceived: Duration, sinceAcknowledgement: Duration) {
        self.sinceDataSent = sinceDataSent
        self.sinceDataReceived = sinceDataReceived
        self.sinceAcknowledgement = sinceAcknowledgement
    }

    /// For how long a connection has been in CLOSE-WAIT, between two bounds: the kernel does not note when the peer's
    /// FIN came. It came not after the last acknowledgement, for it carried one itself, and not before the last data,
    /// for none may follow it (net/ipv4/tcp_input.c: tcp_ack sets rcv_tstamp, tcp_event_data_recv sets lrcvtime, and a
    /// FIN without data does the first only).
    public var closeWaitAge: ClosedRange<Duration> {
        min(sinceAcknowledgement, sinceDataReceived)...sinceDataReceived
    }
}
