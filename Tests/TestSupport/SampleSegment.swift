import TCPSockets

@testable import Packets
@testable import Recordings

extension Segment {
    /// A segment from the laboratory's client to its server.
    static func sample(
        from side: Side = .client, sequence: UInt32 = 1000, acknowledgement: UInt32 = 2000, flags: Flags,
        options: [SegmentOption] = [], payload: [UInt8] = [], clientPort: UInt16 = 50_001
    ) -> Segment {
        let client = Endpoint(Side.client.address(.v4), port: clientPort)
        let server = Endpoint(Side.server.address(.v4), port: 7000)
        return Segment(
            from: side == .client ? client : server, to: side == .client ? server : client, sequence: sequence,
            acknowledgement: acknowledgement, flags: flags, window: 100, options: options, payload: payload)
    }
}
