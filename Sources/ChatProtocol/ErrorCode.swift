/// Why a server ends a conversation: the number in an error frame.
public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// A length of 0 or above the limit.
    public static let frameTooLarge = ErrorCode(rawValue: 1)
    public static let unknownKind = ErrorCode(rawValue: 2)
    public static let notUTF8 = ErrorCode(rawValue: 3)
    /// A kind that the sender must not send, or a body that the kind cannot have.
    public static let outOfPlace = ErrorCode(rawValue: 4)
    public static let busy = ErrorCode(rawValue: 5)
    public static let notAllowed = ErrorCode(rawValue: 6)
    public static let idleTooLong = ErrorCode(rawValue: 7)
    public static let shuttingDown = ErrorCode(rawValue: 8)
    public static let answererFailed = ErrorCode(rawValue: 9)
}

extension ErrorCode: CustomStringConvertible {
    public var description: String {
        switch self {
        case .frameTooLarge: "frame too large"
        case .unknownKind: "unknown kind"
        case .notUTF8: "not UTF-8"
        case .outOfPlace: "out of place"
        case .busy: "busy"
        case .notAllowed: "not allowed"
        case .idleTooLong: "idle too long"
        case .shuttingDown: "shutting down"
        case .answererFailed: "answerer failed"
        default: "error \(rawValue)"
        }
    }
}
