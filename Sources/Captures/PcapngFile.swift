import Packets

/// A capture in the format of Wireshark, pcapng (<https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/>): blocks, each with
/// its type and its length before and behind it. Each section has an order of bytes and interfaces of its own, and those may
/// differ in link and in clock.
final class PcapngFile: PacketSource {
    private struct Interface {
        let link: LinkType
        /// How many there are of what its times are counted in.
        let ticksPerSecond: UInt64
        let offset: Double
        let longest: Int
    }

    private enum Kind {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let oldPacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let packet: UInt32 = 6
    }

    private static let magic: UInt32 = 0x1A2B_3C4D
    /// Longer than any packet with its options; longer ones hold something else, and are passed over.
    private static let longestBlock = 1 << 19
    /// libpcap takes no longer one (sf-pcapng.c, MAX_BLOCKSIZE).
    private static let longestOther = 1 << 24

    private let input: ByteInput
    private var isSwapped = false
    private var interfaces: [Interface] = []
    private var number = 0
    private var latest = 0.0

    /// - Returns: nil where the first four bytes are those of another format.
    init?(_ input: ByteInput) throws {
        let first = try input.peek(4)
        guard first.count == 4, first.loadUnaligned(as: UInt32.self) == Kind.section else { return nil }
        self.input = input
    }

    func next() throws -> CapturedPacket? {
        while true {
            let head = try input.peek(12)
            guard !head.isEmpty, !input.isStopped else { return nil }
            number += 1
            guard head.count == 12 else { throw damage("the file ends inside its header") }
            // The same in either order of bytes.
            if head.loadUnaligned(as: UInt32.self) == Kind.section { try beginSection(head) }
            let (kind, length) = (word(head, 0), Int(word(head, 4)))
            guard length >= 12, length % 4 == 0, length <= Self.longestOther else {
                throw damage("its length field says \(length) bytes")
            }
            guard length <= Self.longestBlock else {
                guard ![Kind.interface, Kind.packet, Kind.simplePacket, Kind.oldPacket].contains(kind) else {
                    throw damage("its length field says \(length) bytes")
                }
                guard try input.skip(length) else {
                    if input.isStopped { return nil }
                    throw damage("the file ends inside it")
                }
                continue
            }
            let block = try input.peek(length)
            if input.isStopped { return nil }
            guard block.count == length else {
                throw damage("the file is \(length - block.count) bytes short")
            }
            guard Int(word(block, length - 4)) == length else { throw damage("its two lengths differ") }
            let packet = try read(kind, block)
            _ = try input.skip(length)
            if let packet { return packet }
        }
    }

    private func damage(_ what: String) -> CaptureError { CaptureError(.damaged, "block \(number): \(what)") }

    private func word(_ block: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
        let word = block.loadUnaligned(fromByteOffset: place, as: UInt32.self)
        return isSwapped ? word.byteSwapped : word
    }

    private func half(_ block: UnsafeRawBufferPointer, _ place: Int) -> UInt16 {
        let half = block.loadUnaligned(fromByteOffset: place, as: UInt16.self)
        return isSwapped ? half.byteSwapped : half
    }

    private func beginSection(_ head: UnsafeRawBufferPointer) throws {
        let magic = head.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        guard magic == Self.magic || magic.byteSwapped == Self.magic else {
            throw damage("its byte-order magic is invalid")
        }
        isSwapped = magic != Self.magic
        interfaces = []
    }

    /// - Returns: nil for a block without a packet. Its length is whole words, and at least 12 bytes.
    private func read(_ kind: UInt32, _ block: UnsafeRawBufferPointer) throws -> CapturedPacket? {
        switch kind {
        case Kind.interface: try addInterface(block)
        case Kind.packet:
            guard block.count >= 32 else { throw damage("it is too short for a packet") }
            return try packet(block, of: Int(word(block, 8)), time: 12, captured: 20, start: 28)
        case Kind.oldPacket:
            guard block.count >= 32 else { throw damage("it is too short for a packet") }
            return try packet(block, of: Int(half(block, 8)), time: 12, captured: 20, start: 28)
        case Kind.simplePacket:
            guard block.count >= 16, let interface = interfaces.first else { throw damage("it has no interface") }
            // It has no time: that of the packet before it is as near as one comes.
            let length = Int(word(block, 8))
            let captured = min(length, block.count - 16, interface.longest)
            return made(block, interface, latest, start: 12, captured: captured, length: length)
        default: break
        }
        return nil
    }

    private func packet(
        _ block: UnsafeRawBufferPointer, of index: Int, time: Int, captured place: Int, start: Int
    ) throws -> CapturedPacket? {
        guard index < interfaces.count else { throw damage("its interface \(index) does not exist") }
        let interface = interfaces[index]
        let (captured, length) = (Int(word(block, place)), Int(word(block, place + 4)))
        guard captured <= block.count - start - 4, captured <= PcapFile.longestPacket else {
            throw damage("its packet's length field says \(captured) bytes")
        }
        let ticks = UInt64(word(block, time)) << 32 | UInt64(word(block, time + 4))
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: interface.ticksPerSecond)
        latest = calendarTime(
            Double(seconds) + Double(rest) / Double(interface.ticksPerSecond) + interface.offset)
        return made(block, interface, latest, start: start, captured: captured, length: length)
    }

    private func made(
        _ block: UnsafeRawBufferPointer, _ interface: Interface, _ time: Double, start: Int, captured: Int, length: Int
    ) -> CapturedPacket? {
        PacketBytes(UnsafeRawBufferPointer(rebasing: block[start..<(start + captured)])).map {
            CapturedPacket(time: time, link: interface.link, bytes: $0, length: max(length, captured))
        }
    }

    /// Of its options only what a time is counted in matters, and from when.
    private func addInterface(_ block: UnsafeRawBufferPointer) throws {
        guard block.count >= 20 else { throw damage("it is too short for an interface") }
        guard interfaces.count < 65_536 else { throw damage("there are too many interfaces") }
        var (ticksPerSecond, offset, place): (UInt64, Double, Int) = (1_000_000, 0, 16)
        while place + 4 <= block.count - 4 {
            let (code, length) = (half(block, place), Int(half(block, place + 2)))
            guard code != 0, place + 4 + length <= block.count - 4 else { break }
            if code == 9, length == 1 { ticksPerSecond = Self.ticks(block[place + 4]) }
            if code == 14, length == 8 {
                let (one, two) = (UInt64(word(block, place + 4)), UInt64(word(block, place + 8)))
                offset = Double(Int64(bitPattern: isSwapped == Self.isBigEndian ? two << 32 | one : one << 32 | two))
            }
            place += 4 + (length + 3) / 4 * 4
        }
        let longest = Int(word(block, 12))
        interfaces.append(
            Interface(
                link: LinkType(rawValue: half(block, 8)), ticksPerSecond: ticksPerSecond, offset: offset,
                longest: longest == 0 ? PcapFile.longestPacket : longest))
    }

    private static let isBigEndian = 1.bigEndian == 1

    /// A power of ten, or, with the highest bit, of two; one that 64 bits do not hold has no meaning for a time.
    private static func ticks(_ resolution: UInt8) -> UInt64 {
        let base: UInt64 = resolution & 0x80 == 0 ? 10 : 2
        return (0..<(resolution & 0x7F)).reduce(1) { ticks, _ in
            let (next, isTooLarge) = ticks.multipliedReportingOverflow(by: base)
            return isTooLarge ? ticks : next
        }
    }
}
