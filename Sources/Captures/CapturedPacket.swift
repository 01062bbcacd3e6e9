package import Packets

/// A packet as it stands in a capture. Its bytes are there until the next one is read.
package struct CapturedPacket {
    /// Seconds since 1970.
    package let time: Double
    package let link: LinkType
    package let bytes: PacketBytes
    /// How long it was; its bytes may be fewer.
    package let length: Int
}

/// What packets are read from.
protocol PacketSource: AnyObject {
    /// The next one; nil at the end.
    ///
    /// - Throws: `CaptureError`, and from then on nothing more can be read.
    func next() throws -> CapturedPacket?
}

/// The time of a packet, kept to years that a calendar has.
func calendarTime(_ seconds: Double) -> Double { min(max(seconds, 0), 253_402_300_799) }
