internal import CLinux
internal import Glibc

/// The states of a TCP connection (RFC 9293 section 3.3.2), with the kernel's numbers for them
/// (include/net/tcp_states.h).
public enum TCPState: UInt8, Sendable, Hashable, CaseIterable {
    case established = 1
    case synSent = 2
    case synReceived = 3
    case finWait1 = 4
    case finWait2 = 5
    case timeWait = 6
    case closed = 7
    case closeWait = 8
    case lastAck = 9
    case listen = 10
    case closing = 11

    /// The kernel's number for a connection request whose handshake is not finished (TCP_NEW_SYN_RECV). It
    /// is SYN-RECEIVED to everyone else.
    private static let newSynReceived: UInt8 = 12

    /// Reads a name as RFC 9293 writes it.
    public init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = state
    }

    /// Reads a state number of the kernel. Numbers that no RFC state stands for give nil.
    package init?(kernelNumber: UInt8) {
        if kernelNumber == Self.newSynReceived {
            self = .synReceived
        } else {
            self.init(rawValue: kernelNumber)
        }
    }

    /// The bits of `idiag_states` that ask for sockets in this state.
    var kernelMask: UInt32 {
        switch self {
        case .synReceived: 1 << UInt32(rawValue) | 1 << UInt32(Self.newSynReceived)
        case .closed: 1 << UInt32(rawValue) | 1 << UInt32(CLINUX_TCP_BOUND_INACTIVE)
        default: 1 << UInt32(rawValue)
        }
    }

    /// The state of a socket now, or nil where the descriptor is no TCP socket.
    ///
    /// The corresponding C call is `getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, …)` (tcp(7)).
    init?(of descriptor: CInt) {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &length) == 0 else { return nil }
        self.init(kernelNumber: info.tcpi_state)
    }

    /// Whether nothing but the peer or a retransmission timer is awaited after this side has closed: a state
    /// that a connection only passes through.
    public var isClosingDown: Bool {
        switch self {
        case .finWait1, .finWait2, .closing, .lastAck: true
        default: false
        }
    }
}

extension TCPState: CustomStringConvertible {
    /// The name as RFC 9293 writes it.
    public var description: String {
        switch self {
        case .established: "ESTABLISHED"
        case .synSent: "SYN-SENT"
        case .synReceived: "SYN-RECEIVED"
        case .finWait1: "FIN-WAIT-1"
        case .finWait2: "FIN-WAIT-2"
        case .timeWait: "TIME-WAIT"
        case .closed: "CLOSED"
        case .closeWait: "CLOSE-WAIT"
        case .lastAck: "LAST-ACK"
        case .listen: "LISTEN"
        case .closing: "CLOSING"
        }
    }
}
