/// What a server sends that wants to know who its client is: 32 random bytes, good for one proof.
public struct Challenge: Hashable, Sendable {
    /// How many bytes it has.
    public static let size = 32

    public let bytes: [UInt8]

    /// - Returns: nil where these are not 32 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = Array(bytes)
    }
}
