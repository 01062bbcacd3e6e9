import Glibc

/// Bytes from a keyboard, of which Readline is to see only UTF-8: of others it drops some in silence, and keeps some for the
/// next line. In the place of what is not UTF-8 it gets the replacement character, U+FFFD, which a person sees.
struct TypedBytes {
    private let descriptor: CInt
    private var ready: [UInt8] = []
    /// A byte that was read too far.
    private var behind: UInt8?
    private var wasReplaced = false
    private static let replacement = Array("\u{FFFD}".utf8)

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Whether there is a byte without reading.
    var hasMore: Bool { !ready.isEmpty || behind != nil }

    /// Whether something was replaced since this was last asked.
    mutating func takeWasReplaced() -> Bool {
        defer { wasReplaced = false }
        return wasReplaced
    }

    /// The next byte, or what the reader returns at the end of the input.
    ///
    /// - Parameter read: Reads a byte; negative at the end.
    mutating func next(_ read: () -> CInt) -> CInt {
        if ready.isEmpty {
            let first = behind.take().map(CInt.init) ?? read()
            guard let first = UInt8(exactly: first) else { return first }
            gather(first, read)
        }
        return CInt(ready.removeFirst())
    }

    /// Reads on to the end of a character.
    private mutating func gather(_ first: UInt8, _ read: () -> CInt) {
        var check = UTF8Check()
        ready = [first]
        var isWhole = check.accepts(first)
        while isWhole, !check.isAtBoundary {
            guard isReadable, let byte = UInt8(exactly: read()) else {
                isWhole = false
                break
            }
            isWhole = check.accepts(byte)
            if isWhole { ready.append(byte) } else { behind = byte }
        }
        if !isWhole {
            ready = Self.replacement
            wasReplaced = true
        }
    }

    /// Whether the rest of a character is there: a terminal sends it in one piece, a network perhaps in two.
    private var isReadable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 100) == 1
    }
}
