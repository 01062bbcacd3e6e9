import ArgumentParser
import ChatProtocol

/// A port that a server has, or that a socket is bound to.
package struct Port: BoundedNumber {
    package static let bounds = 1...Int(UInt16.max)
    package let number: Int

    package init(_ number: Int) { self.number = number }

    /// Only within bounds.
    package var value: UInt16 { UInt16(number) }
}

/// A port to listen on: 0 lets the kernel choose one.
package struct ListeningPort: BoundedNumber {
    package static let bounds = 0...Int(UInt16.max)
    package let number: Int

    package init(_ number: Int) { self.number = number }

    /// Only within bounds.
    package var value: UInt16 { UInt16(number) }
}

/// A time in seconds, or in parts of one.
package struct Seconds: BoundedNumber {
    package static let bounds = 0...1_000_000_000
    package let number: Double

    package init(_ number: Double) { self.number = number }

    package var duration: Duration { .seconds(number) }
}

/// A time in whole milliseconds.
package struct Milliseconds: BoundedNumber {
    package static let bounds = 0...1_000_000_000
    package let number: Int

    package init(_ number: Int) { self.number = number }

    package var duration: Duration { .milliseconds(number) }
}

/// The time of SO_LINGER: whole seconds (socket(7)).
package struct LingerSeconds: BoundedNumber {
    package static let bounds = 0...65_535
    package let number: Int

    package init(_ number: Int) { self.number = number }
}

/// The largest frame that is taken: bytes of kind and body (protocol/README.md).
package struct FrameLimit: BoundedNumber {
    package static let bounds = 1...Frame.highestLimit
    package let number: Int

    package init(_ number: Int) { self.number = number }
}
