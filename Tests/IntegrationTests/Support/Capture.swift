/// A capture file of one connection between 192.0.2.1:50001 and 192.0.2.2:7000, made by hand (pcap-savefile(5), link type
/// LINKTYPE_RAW). Its checksums are 0, which no reader minds unless it is asked to check them.
struct Capture {
    private(set) var bytes: [UInt8] = []
    private var next: [Bool: UInt32] = [true: 1, false: 1]
    private var time: UInt32 = 0

    init() {
        bytes = number(0xA1B2_C3D4) + [0, 2, 0, 4] + number(0) + number(0) + number(65_535) + number(101)
    }

    /// Adds a segment with data.
    mutating func add(fromClient isClient: Bool, _ payload: [UInt8], port: UInt16 = 7000) {
        let ports: [UInt16] = isClient ? [50_001, port] : [port, 50_001]
        let (sequence, acknowledgement) = (next[isClient, default: 1], next[!isClient, default: 1])
        var tcp = ports.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        tcp += number(sequence) + number(acknowledgement) + [0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0] + payload
        let length = UInt16(20 + tcp.count)
        var packet: [UInt8] = [
            0x45, 0, UInt8(length >> 8), UInt8(truncatingIfNeeded: length), 0, 0, 0x40, 0, 64, 6, 0, 0,
        ]
        packet += [192, 0, 2, isClient ? 1 : 2, 192, 0, 2, isClient ? 2 : 1] + tcp
        time += 1
        bytes += number(time) + number(0) + number(UInt32(packet.count)) + number(UInt32(packet.count)) + packet
        next[isClient] = sequence + UInt32(payload.count)
    }

    private func number(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
