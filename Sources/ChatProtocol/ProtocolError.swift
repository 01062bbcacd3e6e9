/// What a peer sent that the protocol does not allow.
public enum ProtocolError: Error, Hashable, Sendable {
    /// A length of 0: every frame has at least its kind.
    case emptyFrame
    case frameTooLarge(length: Int, limit: Int)
    case unknownKind(UInt8)
    case notUTF8(Kind)
    /// A kind that only the other side may send.
    case wrongRole(Kind)
    /// A body that this kind cannot have: an exit with one, an error without a code.
    case malformedBody(Kind)
    /// A kind that cannot come now: a proof that was not asked for, a challenge that is not the first frame.
    case untimely(Kind)
    /// An answer to no question.
    case unasked

    /// The code of the error frame that a server answers with.
    public var code: ErrorCode {
        switch self {
        case .emptyFrame, .frameTooLarge: .frameTooLarge
        case .unknownKind: .unknownKind
        case .notUTF8: .notUTF8
        case .wrongRole, .malformedBody, .untimely, .unasked: .outOfPlace
        }
    }
}

extension ProtocolError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyFrame: "a frame of length 0"
        case .frameTooLarge(let length, let limit): "a frame of length \(length), above the limit of \(limit)"
        case .unknownKind(let number): "a frame of the unknown kind \(number)"
        case .notUTF8(let kind): "a frame of kind \(kind) whose text is not UTF-8"
        case .wrongRole(let kind): "a frame of kind \(kind), which only a \(kind.sender) sends"
        case .malformedBody(let kind): "a frame of kind \(kind) with a body that it cannot have"
        case .untimely(let kind): "a frame of kind \(kind) that nothing asked for"
        case .unasked: "an answer to no question"
        }
    }
}
