/// A socket that has a port, with what it is and who has it open.
public struct PortHolder: Sendable, Hashable {
    /// In the order in which they keep others from the port: those first that stay as long as their program wants.
    public enum Kind: String, Sendable, CaseIterable, Comparable {
        case listener, connection, bound
        /// Closed here, and waiting for its peer; no program has it.
        case closingDown
        case timeWait

        public static func < (left: Kind, right: Kind) -> Bool { left.place < right.place }

        private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        public init(_ socket: SocketEntry) {
            switch socket.state {
            case .listen: self = .listener
            case .timeWait: self = .timeWait
            case .closed: self = .bound
            default: self = socket.inode == 0 && socket.state.isClosingDown ? .closingDown : .connection
            }
        }

        /// Whether it ends without anybody's doing.
        public var isToPass: Bool { self == .closingDown || self == .timeWait }
    }

    public let kind: Kind
    public let socket: SocketEntry
    public let possession: Possession

    public init(_ socket: SocketEntry, _ possession: Possession) {
        (kind, self.socket, self.possession) = (Kind(socket), socket, possession)
    }

    /// The process that has it open, where it can be seen.
    public var owner: SocketOwner? { if case .open(let owner) = possession { owner } else { nil } }
}

extension PortHolder {
    /// By kind; then the one that stays longest, and always in the same order.
    package var order: (Kind, Duration, UInt128, UInt16) {
        let left = kind == .timeWait ? socket.timeLeft?.duration ?? .zero : .zero
        return (kind, .zero - left, socket.remote.address.bits, socket.remote.port)
    }
}
