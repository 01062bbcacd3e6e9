import Testing

@testable import Packets

/// A packet as a kernel sent it, and what two readers who know nothing of the laboratory, tcpdump 4.99 and a few lines of
/// Python, say that it means.
///
/// They were captured once, between two network namespaces with Linux 6.18 in both. The segment with the acknowledgement
/// of a block that came ahead of its turn was brought about by the loss of four bytes.
struct CapturedPacket: Sendable, CustomTestStringConvertible {
    let name: String
    let hex: String
    let source: String
    let destination: String
    let sequence: UInt32
    let acknowledgement: UInt32
    let flags: Segment.Flags
    let window: UInt16
    let options: [SegmentOption]
    let payload: String

    var testDescription: String { name }

    var bytes: [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

extension CapturedPacket {
    init(
        _ name: String, hex: String, source: String, destination: String, sequence: UInt32, acknowledgement: UInt32,
        flags: Segment.Flags, window: UInt16, options: [SegmentOption], payload: String
    ) {
        (self.name, self.hex, self.source, self.destination) = (name, hex, source, destination)
        (self.sequence, self.acknowledgement, self.flags) = (sequence, acknowledgement, flags)
        (self.window, self.options, self.payload) = (window, options, payload)
    }
}
