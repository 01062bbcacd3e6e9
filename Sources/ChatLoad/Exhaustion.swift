public import TCPSockets

/// The first time that a conversation could not begin because the kernel had nothing left to give.
public struct Exhaustion: Hashable, Sendable {
    public enum Resource: String, Sendable {
        case ports, descriptors
    }

    public let resource: Resource
    /// Since the run began.
    public let after: Duration
    /// How many operations were complete by then.
    public let operations: Int
    public let error: SocketError
    /// What the kernel's socket table says about it, read at that moment.
    public let reason: String
    /// The automatic ports, and how many of them were taken towards the server; nil where ports are not the reason.
    public let ports: Ports?

    public struct Ports: Hashable, Sendable {
        public let range: ClosedRange<UInt16>
        public let taken: Int
        public let timeWait: Int
    }

    /// Asks the kernel why. It reads the whole table, so it is done once in a run.
    init(_ resource: Resource, after: Duration, operations: Int, error: SocketError, server: Endpoint) {
        self.resource = resource
        self.after = after
        self.operations = operations
        self.error = error
        guard resource == .ports else {
            reason = "A socket takes a descriptor until it is closed (ulimit -n)."
            ports = nil
            return
        }
        let diagnosis = AddressDiagnosis(error, local: nil, remote: server)
        reason = diagnosis.finding
        if case .portsExhausted(let range, let taken, let timeWait, _) = diagnosis.reason {
            ports = Ports(range: range, taken: taken, timeWait: timeWait)
        } else {
            ports = nil
        }
    }
}
