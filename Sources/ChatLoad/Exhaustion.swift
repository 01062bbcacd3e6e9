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

    /// - Parameter diagnosis: What the kernel's tables said; nil where descriptors are the reason.
    init(
        _ resource: Resource, after: Duration, operations: Int, error: SocketError, diagnosis: AddressDiagnosis?
    ) {
        self.resource = resource
        self.after = after
        self.operations = operations
        self.error = error
        guard resource == .ports, let diagnosis else {
            reason = "A socket takes a descriptor until it is closed (ulimit -n)."
            ports = nil
            return
        }
        reason = diagnosis.finding
        if case .portsExhausted(let shortage) = diagnosis.reason {
            ports = Ports(range: shortage.range, taken: shortage.taken, timeWait: shortage.timeWait)
        } else {
            ports = nil
        }
    }
}
