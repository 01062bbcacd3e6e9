/// A frame that has come whole, and whose text, if its kind has one, is UTF-8.
///
/// It leaves the body where it arrived, so it is good until that place is used again: for the next read, say.
public struct WholeFrame {
    enum Body {
        case arrived(UnsafeRawBufferPointer)
        /// Put together from several reads.
        case gathered([UInt8])
    }

    public let kind: Kind
    private let body: Body

    init(_ kind: Kind, _ body: Body) {
        self.kind = kind
        self.body = body
    }

    /// Lends the bytes after the kind.
    public func withBody<R>(_ use: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        switch body {
        case .arrived(let bytes): try use(bytes)
        case .gathered(let bytes): try bytes.withUnsafeBytes(use)
        }
    }

    /// The body as text.
    public var text: String { withBody { String(decoding: $0, as: UTF8.self) } }

    /// What the frame says.
    public var message: Message {
        switch kind {
        case .question: .question(text)
        case .answer: .answer(text)
        case .exit: .exit
        case .error:
            withBody {
                .error(
                    ErrorCode(rawValue: UInt16($0[0]) << 8 | UInt16($0[1])),
                    String(decoding: $0.dropFirst(2), as: UTF8.self))
            }
        case .padding: .padding(withBody(\.count))
        case .challenge: .challenge(Self.checked(withBody { Challenge($0) }))
        case .proof: .proof(Self.checked(withBody(proof)))
        }
    }

    private func proof(_ body: UnsafeRawBufferPointer) -> Proof? {
        let name = kind.text(inBodyOf: body.count)
        return Proof(name: String(decoding: body[name], as: UTF8.self), code: body[name.upperBound...])
    }

    /// The decoder lets no body pass that its kind cannot have.
    private static func checked<Part>(_ part: Part?) -> Part {
        guard let part else { preconditionFailure("a body that the decoder has not checked") }
        return part
    }
}
