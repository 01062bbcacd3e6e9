import Packets

/// A capture in the format of tcpdump: pcap-savefile(5).
///
/// ```
/// magic, version 2.4, two words of no use, longest packet, link type    24 bytes
/// seconds, fraction, captured length, length; the packet                16 bytes and the packet, again and again
/// ```
final class PcapFile: PacketSource {
    /// libpcap takes no longer packet (pcap-int.h, MAXIMUM_SNAPLEN).
    static let longestPacket = 262_144

    private let input: ByteInput
    private let isSwapped: Bool
    private let unit: Double
    private let headerLength: Int
    private let link: LinkType
    private var number = 0

    /// - Returns: nil where the first four bytes are those of another format.
    init?(_ input: ByteInput) throws {
        let magic = try input.peek(4)
        guard magic.count == 4 else { return nil }
        let word = magic.loadUnaligned(as: UInt32.self)
        switch (word, word.byteSwapped) {
        case (0xA1B2_C3D4, _): (isSwapped, unit, headerLength) = (false, 1e-6, 16)
        case (_, 0xA1B2_C3D4): (isSwapped, unit, headerLength) = (true, 1e-6, 16)
        case (0xA1B2_3C4D, _): (isSwapped, unit, headerLength) = (false, 1e-9, 16)
        case (_, 0xA1B2_3C4D): (isSwapped, unit, headerLength) = (true, 1e-9, 16)
        // Kuznetsov's: eight bytes more with each packet.
        case (0xA1B2_CD34, _): (isSwapped, unit, headerLength) = (false, 1e-6, 24)
        case (_, 0xA1B2_CD34): (isSwapped, unit, headerLength) = (true, 1e-6, 24)
        default: return nil
        }
        let header = try input.peek(24)
        guard header.count == 24 else { throw CaptureError(.damaged, "the file ends inside its file header") }
        let type = header.loadUnaligned(fromByteOffset: 20, as: UInt32.self)
        // The upper bits tell how long a checksum is at the end of each packet.
        link = LinkType(rawValue: UInt16(truncatingIfNeeded: isSwapped ? type.byteSwapped : type))
        self.input = input
        _ = try input.skip(24)
    }

    func next() throws -> CapturedPacket? {
        let header = try input.peek(headerLength)
        guard !header.isEmpty, !input.isStopped else { return nil }
        number += 1
        guard header.count == headerLength else { throw damage("the file ends inside its header") }
        func word(_ place: Int) -> Int {
            let word = header.loadUnaligned(fromByteOffset: place, as: UInt32.self)
            return Int(isSwapped ? word.byteSwapped : word)
        }
        let (seconds, fraction, captured, length) = (word(0), word(4), word(8), word(12))
        guard captured <= Self.longestPacket else { throw damage("its length field says \(captured) bytes") }
        let whole = try input.peek(headerLength + captured)
        if input.isStopped { return nil }
        guard whole.count == headerLength + captured else {
            throw damage("the file is \(headerLength + captured - whole.count) bytes short")
        }
        let packet = PacketBytes(UnsafeRawBufferPointer(rebasing: whole[headerLength...]))
        _ = try input.skip(headerLength + captured)
        guard let packet else { return try next() }
        return CapturedPacket(
            time: calendarTime(Double(seconds) + Double(fraction) * unit), link: link, bytes: packet,
            length: max(length, captured))
    }

    private func damage(_ what: String) -> CaptureError { CaptureError(.damaged, "packet \(number): \(what)") }
}
