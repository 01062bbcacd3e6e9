import Glibc
import Testing

@testable import TCPSockets
@testable import TestSupport

/// What a datagram comes to, read here byte by byte (include/uapi/linux/netlink.h, include/uapi/linux/inet_diag.h).
private struct Reading: Equatable {
    var sizes: [Int] = []
    var isOver = false
    var error: Int32?

    /// By the library.
    init(_ bytes: [UInt8], isDump: Bool) {
        var sizes: [Int] = []
        do {
            isOver = try bytes.withUnsafeBytes {
                try DiagnosisAnswer.read($0, isDump: isDump) { message in
                    sizes.append(message.count)
                    // Read to the end: a length that lies leads nowhere.
                    _ = (SocketEntry(message: message), SocketTimes(message: message))
                }
            }
        } catch {
            self.error = (error as? SocketError)?.errno.rawValue
        }
        self.sizes = sizes
    }

    /// By the layout.
    init(expectedOf bytes: [UInt8], isDump: Bool) {
        var rest = bytes[...]
        while rest.count >= 16, !isOver, error == nil {
            let size = Int(rest.number(at: 0, bytes: 4))
            take(rest, size, isDump: isDump)
            rest = rest.dropFirst((size + 3) / 4 * 4)
        }
    }

    private mutating func take(_ rest: ArraySlice<UInt8>, _ size: Int, isDump: Bool) {
        guard (16...rest.count).contains(size) else {
            error = EBADMSG
            return
        }
        switch (rest.number(at: 4, bytes: 2), size) {
        case (3, _): isOver = true
        case (2, 20...):
            let number = Int32(bitPattern: UInt32(rest.number(at: 16, bytes: 4)))
            if number == 0 { isOver = true } else { error = number > 0 || number == .min ? EBADMSG : -number }
        case (let type, (16 + 72)...) where type != 2:
            sizes.append(size - 16)
            isOver = !isDump
        default: error = EBADMSG
        }
    }
}

@Suite("Answers of the kernel's socket table", .timeLimit(.minutes(5)))
struct DiagnosisAnswerTests {
    @Test("are read as their layout says however they are damaged, and no length leads out of them")
    func damaged() {
        var generator = SplitMix64(seed: 3)
        var refused = 0
        for round in 0..<20_000 {
            let bytes = generator.damaged(generator.datagram())
            let isDump = Bool.random(using: &generator)
            let expected = Reading(expectedOf: bytes, isDump: isDump)
            guard Reading(bytes, isDump: isDump) == expected else {
                Issue.record("round \(round), \(isDump ? "dump" : "one"): \(bytes)")
                return
            }
            refused += expected.error == EBADMSG ? 1 : 0
        }
        // The damage is neither harmless nor always fatal, or the rounds would prove little.
        #expect((1_000...15_000).contains(refused), "\(refused) of 20,000 were refused")
    }

    @Test("that are sound come out whole: a listener on ::1, port 80")
    func sound() throws {
        var body: [UInt8] = [10, 10, 0, 0, 0, 80, 0, 0]
        body += [UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 0, count: 72 - 24)
        let bytes = [UInt8](little: 88, bytes: 4) + [20, 0] + [UInt8](repeating: 0, count: 10) + body
        var entries: [SocketEntry?] = []
        let isOver = try bytes.withUnsafeBytes {
            try DiagnosisAnswer.read($0, isDump: true) { entries.append(SocketEntry(message: $0)) }
        }
        #expect(!isOver)
        #expect(entries.map { $0?.description } == ["[::1]:80 LISTEN"])
    }
}

extension SplitMix64 {
    /// One to four messages: sockets with attributes, and at times an end or an error.
    fileprivate mutating func datagram() -> [UInt8] {
        (0...Int.random(in: 0...3, using: &self)).flatMap { _ in
            switch Int.random(in: 0...9, using: &self) {
            case 0: message(type: 3, [0, 0, 0, 0])
            case 1:
                message(
                    type: 2,
                    [UInt8](little: UInt64(UInt32(bitPattern: -Int32.random(in: 0...133, using: &self))), bytes: 4))
            default: message(type: 20, socket())
            }
        }
    }

    private mutating func message(type: UInt64, _ payload: [UInt8]) -> [UInt8] {
        [UInt8](little: UInt64(16 + payload.count), bytes: 4) + [UInt8](little: type, bytes: 2)
            + [UInt8](repeating: 0, count: 10) + payload
    }

    /// An inet_diag_msg of a TCP socket, and up to three attributes.
    private mutating func socket() -> [UInt8] {
        let head = [[2, 10].randomElement(using: &self) ?? 2, .random(in: 1...13, using: &self)] + bytes(70)
        return (0..<Int.random(in: 0...3, using: &self)).reduce(into: head) { message, _ in
            let content = bytes([0, 1, 4, 104, 232].randomElement(using: &self) ?? 0)
            message += [UInt8](little: UInt64(4 + content.count), bytes: 2)
            message += [[2, 11, 16].randomElement(using: &self) ?? 2, 0] + content
            message += [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
        }
    }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in .random(in: .min ... .max, using: &self) }
    }

    /// Up to three bytes changed, lengths and types more often than others; at times the end is missing.
    fileprivate mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...3, using: &self) {
            let early = bytes.indices.prefix(Bool.random(using: &self) ? 6 : bytes.count)
            guard let place = early.randomElement(using: &self) else { break }
            bytes[place] = .random(in: .min ... .max, using: &self)
        }
        return Int.random(in: 0...3, using: &self) > 0
            ? bytes : Array(bytes.prefix(.random(in: 0...bytes.count, using: &self)))
    }
}

extension [UInt8] {
    /// A number in the order of bytes of x86-64 and arm64, which netlink's are.
    fileprivate init(little number: UInt64, bytes count: Int) {
        self = (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func number(at place: Int, bytes count: Int) -> UInt64 {
        dropFirst(place).prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
