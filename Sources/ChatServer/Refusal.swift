import ChatProtocol

/// Why a client is not let in.
struct Refusal: Equatable {
    let code: ErrorCode
    let reason: String

    static let noDescriptor = Refusal(code: .busy, reason: "the server has no descriptor left")
}
