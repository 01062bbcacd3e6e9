/// One line of `--trace json`: a call on a socket, or an event that a program tells of. Whoever writes traces and whoever reads
/// them shares this type, so nothing rests on the wording of a message.
///
/// ```json
/// {"arguments":{"fd":5,"length":10},"call":"send","errno":null,"result":10,"state":"ESTABLISHED","t":7291.33}
/// {"arguments":{"address":"127.0.0.1:50001","ending":"exit"},"event":"conversation-over","t":7291.34}
/// ```
public struct TraceLine: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        /// What the call returned, the error if it failed, and the state of the connection right after it.
        case call(SystemCall, result: Int, errno: Errno?, state: TCPState?)
        case event(String)
    }

    public enum Value: Hashable, Sendable {
        case integer(Int)
        case text(String)
    }

    /// When the call returned, or the event was: seconds on CLOCK_MONOTONIC.
    public let time: Double
    public let subject: Subject
    /// By name, such as `fd`, `address` and `length`.
    public let arguments: [String: Value]

    public init(time: Double, _ subject: Subject, arguments: [String: Value] = [:]) {
        (self.time, self.subject, self.arguments) = (time, subject, arguments)
    }

    /// An argument that is text.
    public func text(_ name: String) -> String? {
        if case .text(let text) = arguments[name] { text } else { nil }
    }

    /// An argument that is a number.
    public func integer(_ name: String) -> Int? {
        if case .integer(let number) = arguments[name] { number } else { nil }
    }
}

extension TraceLine: Codable {
    private enum Key: String, CodingKey {
        case t, call, event, arguments, result, errno, state
    }

    public init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Key.self)
        time = try line.decode(Double.self, forKey: .t)
        arguments = try line.decode([String: Value].self, forKey: .arguments)
        if let event = try line.decodeIfPresent(String.self, forKey: .event) {
            subject = .event(event)
            return
        }
        func known<Name>(_ key: Key, _ value: (String) -> Name?) throws -> Name? {
            guard let name = try line.decodeIfPresent(String.self, forKey: key) else { return nil }
            if let value = value(name) { return value }
            throw DecodingError.dataCorruptedError(forKey: key, in: line, debugDescription: "unknown: \(name)")
        }
        guard let call = try known(.call, SystemCall.init(rawValue:)) else {
            throw DecodingError.keyNotFound(
                Key.call, .init(codingPath: decoder.codingPath, debugDescription: "neither a call nor an event"))
        }
        subject = .call(
            call, result: try line.decode(Int.self, forKey: .result), errno: try known(.errno, Errno.init(name:)),
            state: try known(.state, TCPState.init(name:)))
    }

    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(time, forKey: .t)
        try line.encode(arguments, forKey: .arguments)
        switch subject {
        case .event(let event): try line.encode(event, forKey: .event)
        case .call(let call, let result, let errno, let state):
            try line.encode(call.rawValue, forKey: .call)
            try line.encode(result, forKey: .result)
            // `encode`, not `encodeIfPresent`: a reader finds null, never a missing key.
            try line.encode(errno?.name, forKey: .errno)
            try line.encode(state?.description, forKey: .state)
        }
    }
}

extension TraceLine.Value: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else {
            self = .text(try value.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .integer(let integer): try value.encode(integer)
        case .text(let text): try value.encode(text)
        }
    }
}
