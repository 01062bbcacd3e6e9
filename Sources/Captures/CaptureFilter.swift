#if Pcap
import CPcap
import Packets

/// Which packets are read, in tcpdump's language (pcap-filter(7)), by libpcap.
///
/// A program for each link type, made when the first packet of that link comes.
final class CaptureFilter {
    private let text: String
    private var programs: [LinkType: bpf_program] = [:]

    init(_ text: String) throws {
        self.text = text
        // A filter that is none for the most ordinary link is told before anything is read.
        _ = try program(for: .ethernet)
    }

    deinit {
        for var program in programs.values { pcap_freecode(&program) }
    }

    /// The corresponding C functions are `pcap_compile` and `pcap_offline_filter`.
    func matches(_ packet: CapturedPacket) throws -> Bool {
        var program = try programs[packet.link] ?? program(for: packet.link)
        var header = pcap_pkthdr()
        (header.caplen, header.len) = (UInt32(packet.bytes.count), UInt32(truncatingIfNeeded: packet.length))
        return packet.bytes.withUnsafeBytes { pcap_offline_filter(&program, &header, $0) != 0 }
    }

    private func program(for link: LinkType) throws -> bpf_program {
        guard let handle = pcap_open_dead(link.numberInPrograms, CInt(PcapFile.longestPacket)) else {
            throw CaptureError(.system, "pcap_open_dead failed")
        }
        defer { pcap_close(handle) }
        var program = bpf_program()
        guard pcap_compile(handle, &program, text, 1, bpf_u_int32(0xFFFF_FFFF)) == 0 else {
            let reason = pcap_geterr(handle).map { String(cString: $0) } ?? "?"
            throw CaptureError(.filter, "the filter '\(text)': \(reason)")
        }
        programs[link] = program
        return program
    }
}

extension LinkType {
    /// What libpcap calls it within programs (DLT_), where that differs from its number in files (pcap-common.c).
    fileprivate var numberInPrograms: CInt { self == .raw ? 12 : CInt(rawValue) }

    /// The reverse.
    init(numberInPrograms number: CInt) {
        self = number == 12 ? .raw : LinkType(rawValue: UInt16(truncatingIfNeeded: number))
    }
}
#else
/// Filters are libpcap's language, and this program was built without it.
final class CaptureFilter {
    init(_ text: String) throws {
        throw CaptureError(.withoutLibpcap, "a filter needs libpcap, and this chat-lab was built without it")
    }

    func matches(_: CapturedPacket) throws -> Bool { true }
}
#endif
