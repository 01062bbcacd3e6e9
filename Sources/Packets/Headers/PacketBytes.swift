/// Bytes of a packet that somebody else keeps for the moment: a view, which copies nothing.
///
/// They may be anybody's, so no number in them is believed: a place outside of them stops the program, and is never read.
package struct PacketBytes {
    private let base: UnsafeRawPointer
    package let count: Int

    /// - Parameter bytes: They must stay where they are for as long as this is used.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return nil }
        (self.base, count) = (base, bytes.count)
    }

    private init(base: UnsafeRawPointer, count: Int) {
        (self.base, self.count) = (base, count)
    }

    package subscript(place: Int) -> UInt8 {
        precondition(place >= 0 && place < count, "a place outside of the packet")
        return base.load(fromByteOffset: place, as: UInt8.self)
    }

    /// A number in network byte order. The corresponding C functions are `ntohs` and `ntohl`.
    package func number<Number: FixedWidthInteger>(_: Number.Type = Number.self, at place: Int) -> Number {
        precondition(place >= 0 && place <= count - MemoryLayout<Number>.size, "a place outside of the packet")
        return Number(bigEndian: base.loadUnaligned(fromByteOffset: place, as: Number.self))
    }

    package func prefix(_ length: Int) -> PacketBytes {
        PacketBytes(base: base, count: min(count, max(0, length)))
    }

    package func dropFirst(_ length: Int) -> PacketBytes {
        precondition(length >= 0 && length <= count, "a place outside of the packet")
        return PacketBytes(base: base + length, count: count - length)
    }

    /// Lends the bytes to a C function.
    package func withUnsafeBytes<R>(_ body: (UnsafePointer<UInt8>) throws -> R) rethrows -> R {
        try body(base.assumingMemoryBound(to: UInt8.self))
    }

    /// A copy.
    package var array: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: base, count: count)) }
}
