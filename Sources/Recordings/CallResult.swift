package import TCPSockets

/// What came of a call that a program was to make.
package enum CallResult: Sendable, Hashable {
    case ok
    case notCalled
    /// The program gave up before the kernel had an answer.
    case noAnswer
    case failed(Errno)
}

extension CallResult: LosslessStringConvertible {
    /// The name of the error, or "ok", "not called", "no answer".
    package var description: String {
        switch self {
        case .ok: "ok"
        case .notCalled: "not called"
        case .noAnswer: "no answer"
        case .failed(let errno): errno.name
        }
    }

    package init?(_ description: String) {
        switch description {
        case "ok": self = .ok
        case "not called": self = .notCalled
        case "no answer": self = .noAnswer
        default:
            guard let errno = Errno(name: description) else { return nil }
            self = .failed(errno)
        }
    }
}

extension CallResult: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let text = try value.decode(String.self)
        guard let result = CallResult(text) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "no result of a call: \(text)")
        }
        self = result
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}
