import ChatProtocol
import Glibc

/// What is sent again and again, prepared once: a question of a chosen length, and the exit.
struct PreparedFrames: ~Copyable {
    let question: UnsafeRawBufferPointer
    let exit: UnsafeRawBufferPointer

    /// - Parameter payload: The length of the question's text, in bytes.
    init(payload: Int) {
        question = Self.bytes(.question(Self.text(payload)))
        exit = Self.bytes(.exit)
    }

    deinit {
        question.deallocate()
        exit.deallocate()
    }

    private static func text(_ count: Int) -> String {
        String(decoding: (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }, as: UTF8.self)
    }

    private static func bytes(_ message: Message) -> UnsafeRawBufferPointer {
        let bytes = Frame.bytes(of: message)
        let place = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        place.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(place)
    }

    /// Whether an answer is the text of the question.
    func isEcho(_ answer: WholeFrame) -> Bool {
        let text = UnsafeRawBufferPointer(rebasing: question[(Frame.headerSize + 1)...])
        return answer.withBody { body in
            guard body.count == text.count else { return false }
            guard let answered = body.baseAddress, let asked = text.baseAddress else { return true }
            return memcmp(answered, asked, body.count) == 0
        }
    }
}
