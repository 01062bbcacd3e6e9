import Glibc
import Packets
import TCPSockets

/// Packets as a capture file in the format of tcpdump: pcap-savefile(5), in the byte order of this machine.
final class PcapWriter {
    private let descriptor: CInt

    /// - Throws: `CaptureError`.
    init(_ descriptor: CInt, link: LinkType, snapshotLength: Int) throws {
        self.descriptor = descriptor
        let words: [UInt32] = [0xA1B2_C3D4, 0x0004_0002, 0, 0, UInt32(snapshotLength), UInt32(link.rawValue)]
        try write(words.flatMap(Self.bytes))
    }

    func write(_ bytes: UnsafeRawBufferPointer, seconds: Int, microseconds: Int, length: Int) throws {
        let words = [seconds, microseconds, bytes.count, length].map { UInt32(truncatingIfNeeded: $0) }
        try write(words.flatMap(Self.bytes) + bytes)
    }

    private static func bytes(_ word: UInt32) -> [UInt8] { withUnsafeBytes(of: word) { Array($0) } }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CaptureError(.system, "write the capture: \(Errno(rawValue: errno))") }
            rest = rest.dropFirst(count)
        }
    }
}
