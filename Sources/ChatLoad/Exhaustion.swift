import Diagnoses
package import TCPSockets

/// The first time that a conversation could not begin because the kernel had nothing left to give.
package struct Exhaustion: Hashable, Sendable {
    package enum Resource: String, Sendable {
        case ports, descriptors
    }

    package let resource: Resource
    /// Since the run began.
    package let after: Duration
    /// How many operations were complete by then.
    package let operations: Int
    package let error: SocketError
    /// What the kernel's socket table says about it, read at that moment.
    package let reason: String
    /// The ephemeral ports, and how many of them were taken towards the server; nil where ports are not the reason.
    package let ports: Ports?

    package struct Ports: Hashable, Sendable {
        package let range: ClosedRange<UInt16>
        package let taken: Int
        package let timeWait: Int
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
