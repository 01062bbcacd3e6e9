#if Pcap
import CPcap
import Glibc
import Packets
import TCPSockets

/// Packets of an interface of this machine, by libpcap.
final class CaptureInterface: PacketSource, DroppingSource {
    /// So much of each packet holds all headers, and more.
    private static let snapshotLength: CInt = 320

    private let handle: OpaquePointer
    private let name: String
    private let descriptor: CInt
    private let alarm: CInt
    private let idle: Capture.Idle
    private let link: LinkType
    private let writer: PcapWriter?

    /// The corresponding C functions are `pcap_create`, `pcap_activate`, `pcap_setfilter` and `pcap_next_ex`.
    ///
    /// - Throws: `CaptureError`.
    static func open(
        _ name: String, filter: String?, alarm: CInt, copy: CInt?, idle: @escaping Capture.Idle
    ) throws -> any PacketSource {
        try CaptureInterface(name, filter: filter, alarm: alarm, copy: copy, idle: idle)
    }

    private init(
        _ name: String, filter: String?, alarm: CInt, copy: CInt?, idle: @escaping Capture.Idle
    ) throws {
        var reason = ""
        guard let handle = Self.reason(&reason, { pcap_create(name, $0) }) else {
            throw CaptureError(.missing, "interface \(name): \(reason)")
        }
        do {
            descriptor = try Self.activate(handle, name, filter)
            let link = LinkType(numberInPrograms: pcap_datalink(handle))
            guard link.isKnown else {
                throw CaptureError(.missing, "interface \(name): link type \(link.rawValue) is not supported")
            }
            self.link = link
            writer = try copy.map { try PcapWriter($0, link: link, snapshotLength: Int(Self.snapshotLength)) }
        } catch {
            pcap_close(handle)
            throw error
        }
        (self.handle, self.name, self.alarm, self.idle) = (handle, name, alarm, idle)
    }

    deinit { pcap_close(handle) }

    private static func activate(_ handle: OpaquePointer, _ name: String, _ filter: String?) throws -> CInt {
        pcap_set_snaplen(handle, snapshotLength)
        pcap_set_promisc(handle, 0)
        pcap_set_timeout(handle, 100)
        pcap_set_buffer_size(handle, 16 << 20)
        func reason() -> String { pcap_geterr(handle).map { String(cString: $0) } ?? "?" }
        let status = pcap_activate(handle)
        if status < 0 {
            let kind: CaptureError.Kind =
                [PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED].contains(status) ? .notPermitted : .missing
            let remedy = kind == .notPermitted ? "; run it as root, or with CAP_NET_RAW" : ""
            let words = [pcap_statustostr(status).map { String(cString: $0) } ?? "?", reason()].filter { !$0.isEmpty }
            throw CaptureError(kind, "interface \(name): \(words.joined(separator: ": "))\(remedy)")
        }
        if let filter {
            var program = bpf_program()
            guard pcap_compile(handle, &program, filter, 1, bpf_u_int32(0xFFFF_FFFF)) == 0 else {
                throw CaptureError(.filter, "the filter '\(filter)': \(reason())")
            }
            defer { pcap_freecode(&program) }
            guard pcap_setfilter(handle, &program) == 0 else {
                throw CaptureError(.filter, "the filter '\(filter)': \(reason())")
            }
        }
        var problem = ""
        guard Self.reason(&problem, { pcap_setnonblock(handle, 1, $0) }) == 0 else {
            throw CaptureError(.system, "interface \(name): \(problem)")
        }
        return pcap_get_selectable_fd(handle)
    }

    /// Calls a function of libpcap that writes why it failed.
    private static func reason<R>(_ text: inout String, _ body: (UnsafeMutablePointer<CChar>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PCAP_ERRBUF_SIZE)) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress else { preconditionFailure("a buffer that is not empty has a place") }
            defer { text = String(cString: base) }
            return body(base)
        }
    }

    var dropped: Int {
        var counts = pcap_stat()
        return pcap_stats(handle, &counts) == 0 ? Int(counts.ps_drop) : 0
    }

    func next() throws -> CapturedPacket? {
        var isQuiet = false
        while true {
            var header: UnsafeMutablePointer<pcap_pkthdr>?
            var data: UnsafePointer<UInt8>?
            switch pcap_next_ex(handle, &header, &data) {
            case 1:
                guard let header, let data else { continue }
                let bytes = UnsafeRawBufferPointer(start: data, count: Int(header.pointee.caplen))
                let (stamp, length) = (header.pointee.ts, Int(header.pointee.len))
                try writer?.write(bytes, seconds: stamp.tv_sec, microseconds: stamp.tv_usec, length: length)
                guard let packet = PacketBytes(bytes) else { continue }
                let time = Double(stamp.tv_sec) + Double(stamp.tv_usec) / 1e6
                return CapturedPacket(time: calendarTime(time), link: link, bytes: packet, length: length)
            case 0:
                guard idle(isQuiet) == .goOn else { return nil }
                var entries = [descriptor, alarm].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                isQuiet = poll(&entries, 2, isQuiet ? 1000 : 100) == 0
            default:
                let reason = pcap_geterr(handle).map { String(cString: $0) } ?? "?"
                throw CaptureError(.system, "interface \(name): \(reason)")
            }
        }
    }
}
#else
/// Capturing takes libpcap, and this program was built without it.
enum CaptureInterface {
    static func open(
        _ name: String, filter: String?, alarm: CInt, copy: CInt?, idle: @escaping Capture.Idle
    ) throws -> any PacketSource {
        throw CaptureError(
            .withoutLibpcap,
            "--interface needs libpcap, and this chat-lab was built without it: tcpdump -U -w - | chat-lab read -")
    }
}
#endif
