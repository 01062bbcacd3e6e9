import Glibc
import Packets
import TCPSockets

/// The packets of single connections, a capture file each.
package final class ConnectionCaptures {
    private let path: (Int) -> String
    private var files: [Int: (descriptor: CInt, link: LinkType, writer: PcapWriter)] = [:]

    /// - Parameter path: Where the file of a connection is to lie, by its number.
    package init(_ path: @escaping (Int) -> String) {
        self.path = path
    }

    deinit {
        for file in files.values { close(file.descriptor) }
    }

    /// Adds a packet of a connection, if it is of the same kind of link as the ones before: a file of this format has one.
    ///
    /// - Throws: `CaptureError`.
    package func add(_ packet: CapturedPacket, to number: Int) throws {
        let file = try files[number] ?? begin(number, packet.link)
        guard file.link == packet.link else { return }
        let seconds = packet.time.rounded(.down)
        try packet.bytes.withUnsafeBytes {
            try file.writer.write(
                UnsafeRawBufferPointer(start: $0, count: packet.bytes.count), seconds: Int(seconds),
                microseconds: Int((packet.time - seconds) * 1e6), length: packet.length)
        }
    }

    private func begin(
        _ number: Int, _ link: LinkType
    ) throws -> (descriptor: CInt, link: LinkType, writer: PcapWriter) {
        let descriptor = open(path(number), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CaptureError(.system, "open \(path(number)): \(Errno(rawValue: errno))") }
        let writer = try PcapWriter(descriptor, link: link, snapshotLength: 262_144)
        files[number] = (descriptor, link, writer)
        return (descriptor, link, writer)
    }
}
