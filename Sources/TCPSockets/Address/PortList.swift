/// Ports as net.ipv4.ip_local_reserved_ports lists them: `8080,9000-9010`.
public struct PortList: Sendable, Hashable {
    public let ranges: [ClosedRange<UInt16>]

    /// Leaves out whatever is no port and no range of them.
    public init(_ text: some StringProtocol) {
        ranges = text.split { $0 == "," || $0.isWhitespace }.compactMap { part in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last else {
                return nil
            }
            return first...last
        }
    }

    func contains(_ port: UInt16) -> Bool { ranges.contains { $0.contains(port) } }

    /// How many of its ports are in a range.
    public func count(in range: ClosedRange<UInt16>) -> Int {
        ranges.filter { $0.overlaps(range) }.reduce(0) { $0 + $1.clamped(to: range).count }
    }
}
