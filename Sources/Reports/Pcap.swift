import Glibc
import Packets
package import Recordings
import TCPSockets

/// Writes packets in the libpcap format, for Wireshark and tcpdump (pcap-savefile(5)), link type LINKTYPE_RAW: bare IP.
package enum Pcap {
    private static let magic: UInt32 = 0xA1B2_C3D4
    private static let linkTypeRaw: UInt32 = 101
    /// Bytes of a packet that are kept: all of an ordinary one, and the beginning of those that are as large as can be.
    private static let snapshotLength = 2048

    /// Every segment that appeared on the wire, once each, at the time when it appeared; a copy that the laboratory
    /// injected counts as a segment of its own.
    package static func file(of segments: [CapturedSegment]) -> [UInt8] {
        // CLOCK_MONOTONIC counts from some start of its own; a capture file counts from 1970.
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let offset = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - monotonicSeconds()
        var bytes = magic.bytes + UInt16(2).bytes + UInt16(4).bytes + UInt32(0).bytes + UInt32(0).bytes
        bytes += UInt32(snapshotLength).bytes + linkTypeRaw.bytes
        for captured in segments {
            let microseconds = Int((captured.time + offset) * 1e6)
            let packet = captured.segment.packet
            let kept = packet.prefix(snapshotLength)
            bytes += UInt32(microseconds / 1_000_000).bytes + UInt32(microseconds % 1_000_000).bytes
            bytes += UInt32(kept.count).bytes + UInt32(packet.count).bytes + kept
        }
        return bytes
    }
}
