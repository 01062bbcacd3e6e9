/// A sequence number: a place in a stream of bytes, modulo 2^32 (RFC 9293 section 3.4).
package typealias SequenceNumber = UInt32

extension SequenceNumber {
    /// How far this one is after another: negative before it. Of two numbers less than 2^31 apart that is the nearest way, as
    /// numbers of one window are (RFC 7323 section 2.3).
    package func distance(after other: SequenceNumber) -> Int { Int(Int32(bitPattern: self &- other)) }
}
