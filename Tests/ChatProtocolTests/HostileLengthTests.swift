import ChatProtocol
import Glibc
import Testing

@Suite("A hostile length", .timeLimit(.minutes(5)))
struct HostileLengthTests {
    static let limit = 1000

    @Test(
        "is refused after exactly four bytes",
        arguments: [
            (0, ProtocolError.emptyFrame), (1001, .frameTooLarge(length: 1001, limit: limit)),
            (0x8000_0000, .frameTooLarge(length: 0x8000_0000, limit: limit)),
            (0xFFFF_FFFF, .frameTooLarge(length: 0xFFFF_FFFF, limit: limit)),
        ] as [(UInt32, ProtocolError)])
    func refused(_ length: UInt32, _ error: ProtocolError) throws {
        let header = withUnsafeBytes(of: length.bigEndian) { Array($0) }
        var decoder = FrameDecoder(from: .client, limit: Self.limit)
        decoder.append(Array(header[..<3]))
        #expect(try decoder.next() == nil)
        decoder.append([header[3]])
        #expect(throws: error) { try decoder.next() }
    }

    @Test("leaves nothing to buffer, whatever follows it, and the error stays")
    func sticky() throws {
        var decoder = FrameDecoder(from: .client)
        decoder.append([0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: ProtocolError.self) { try decoder.next() }
        decoder.append(Frame.bytes(of: .question("well-formed")))
        #expect(decoder.isAtBoundary)
        #expect(throws: ProtocolError.frameTooLarge(length: 0xFFFF_FFFF, limit: Frame.defaultLimit)) {
            try decoder.next()
        }
    }

    @Test("is refused above the highest limit, even where a higher one is asked for")
    func highestLimit() throws {
        var decoder = FrameDecoder(from: .client, limit: .max)
        decoder.append([1, 0, 0, 1])
        #expect(throws: ProtocolError.frameTooLarge(length: 16_777_217, limit: 16_777_216)) { try decoder.next() }
    }

    @Test("costs no memory before its bytes come: 500 frames of 16 MiB fit into 256 MiB")
    func noAllocation() async {
        await #expect(processExitsWith: .success) {
            var limits = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits)
            limits.rlim_cur = try #require(addressSpace()) + 256 << 20
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0)
            var decoders = Array(repeating: FrameDecoder(from: .client, limit: Frame.highestLimit), count: 500)
            for index in decoders.indices {
                decoders[index].append([1, 0, 0, 0, 1])
                try #require(try decoders[index].next() == nil)
                try #require(decoders[index].missing == Frame.highestLimit - 1)
            }
        }
    }
}

/// The bytes of address space that this process has (proc(5), statm).
private func addressSpace() -> rlim_t? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, CInt(line.count), file) != nil else { return nil }
    let pages = strtoull(line, nil, 10)
    return rlim_t(pages) * rlim_t(sysconf(CInt(_SC_PAGESIZE)))
}
