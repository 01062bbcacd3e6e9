import Glibc
import TCPSockets

/// A capture that is read packet by packet: a file, a pipe, or an interface.
package final class Capture {
    /// What happens while nothing comes.
    package enum Waiting: Sendable {
        case goOn, stop
    }

    /// What is done meanwhile: called before each read, which may be a wait, with false; and with true each time that nothing
    /// has come for a while.
    package typealias Idle = (_ isQuiet: Bool) -> Waiting

    private let source: any PacketSource
    private let input: ByteInput?
    private let gzip: GzipInput?
    private let filter: CaptureFilter?
    /// How many bytes the file has; nil for what has no length. Of a compressed one, nil.
    package let size: Int?

    /// How many packets were read, and how many of them the filter let through.
    package private(set) var packets = 0

    /// How many bytes were read so far.
    package var bytesRead: Int { input?.count ?? 0 }

    /// How many packets the kernel has dropped because they were not taken in time; nil for a file.
    package var dropped: Int? { (source as? any DroppingSource)?.dropped }

    /// Opens a file, or standard input as `-`.
    ///
    /// - Parameters:
    ///   - filter: In tcpdump's language; nil for all.
    ///   - alarm: A descriptor that is readable when a wait is to be interrupted.
    ///   - copy: A descriptor to which everything is written that is read.
    /// - Throws: `CaptureError`.
    package init(
        file path: String, filter: String?, alarm: CInt = -1, copy: CInt? = nil, idle: @escaping Idle
    ) throws {
        let name = path == "-" ? "standard input" : path
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CaptureError(.missing, "open \(path): \(Errno(rawValue: errno))") }
        var status = stat()
        fstat(descriptor, &status)
        guard status.st_mode & S_IFMT != S_IFDIR else {
            if path != "-" { close(descriptor) }
            throw CaptureError(.missing, "read \(name): \(Errno(rawValue: EISDIR))")
        }
        self.filter = try filter.map { try CaptureFilter($0) }
        let plain = ByteInput(
            descriptor, owned: path != "-", name: name, copy: copy, alarm: alarm, idle: idle)
        let head = try plain.peek(2)
        guard head.elementsEqual([0x1F, 0x8B]) else {
            (input, gzip) = (plain, nil)
            size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
            source = try Self.source(of: plain, name)
            return
        }
        let gzip = try GzipInput(head: plain.buffered, rest: descriptor, name: name)
        let decompressed = ByteInput(gzip.output, owned: true, name: name, alarm: alarm, idle: idle)
        (input, self.gzip, size) = (decompressed, gzip, nil)
        source = try Self.source(of: decompressed, name)
    }

    private static func source(of input: ByteInput, _ name: String) throws -> any PacketSource {
        if let source = try PcapFile(input) { return source }
        if let source = try PcapngFile(input) { return source }
        guard try !input.peek(1).isEmpty else { throw CaptureError(.damaged, "\(name) is empty") }
        throw CaptureError(.damaged, "\(name) is not a capture: it starts like neither pcap nor pcapng")
    }

    /// Captures on an interface of this machine, without changing what it receives.
    ///
    /// - Throws: `CaptureError`.
    package init(interface: String, filter: String?, alarm: CInt = -1, copy: CInt? = nil, idle: @escaping Idle) throws {
        source = try CaptureInterface.open(interface, filter: filter, alarm: alarm, copy: copy, idle: idle)
        (input, gzip, self.filter, size) = (nil, nil, nil, nil)
    }

    /// The next packet that the filter lets through; nil at the end.
    ///
    /// - Throws: `CaptureError` where the capture is damaged: what came before it stands.
    package func next() throws -> CapturedPacket? {
        while let packet = try source.next() {
            packets += 1
            if try filter?.matches(packet) ?? true { return packet }
        }
        if input?.isStopped != true, let gzip, !gzip.isSound() {
            throw CaptureError(.damaged, "gzip says that it is damaged")
        }
        return nil
    }
}

/// A source that may lose packets.
protocol DroppingSource {
    var dropped: Int { get }
}
