package import TCPSockets

/// One end of a connection as whole words, which are quickly compared and hashed.
package struct PackedEnd: Hashable, Sendable {
    private let high, low: UInt64
    package var port: UInt16
    package let isV6: Bool

    init(v4 address: UInt32) {
        (high, low, port, isV6) = (0, UInt64(address), 0, false)
    }

    init(high: UInt64, low: UInt64) {
        (self.high, self.low, port, isV6) = (high, low, 0, true)
    }

    /// Whether it is the first of two ends, in some order that is always the same.
    package func comesBefore(_ other: PackedEnd) -> Bool {
        if low != other.low { return low < other.low }
        if port != other.port { return port < other.port }
        return high < other.high
    }

    package func hash(into hasher: inout Hasher) {
        if isV6 { hasher.combine(high) }
        hasher.combine(low)
        hasher.combine(UInt32(port) << 1 | (isV6 ? 1 : 0))
    }

    package var endpoint: Endpoint {
        let bits = isV6 ? UInt128(high) << 64 | UInt128(low) : UInt128(low)
        return Endpoint(IPAddress(family: isV6 ? .v6 : .v4, bits: bits), port: port)
    }
}
