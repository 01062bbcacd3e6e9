import TCPSockets
import Testing

/// A connection that is over, whose client holds TIME-WAIT on a port that it had bound explicitly.
final class TimeWaitPair {
    private let pair: Pair
    var clientEnd: Endpoint { pair.clientEnd }
    var serverEnd: Endpoint { pair.serverEnd }

    init(_ family: IPAddress.Family = .v4, reuseAddress: Bool = false) throws {
        pair = try Pair(family) { client in
            try client.use {
                if reuseAddress { try $0.set(.reuseAddress, to: 1) }
                try $0.bind(to: .anyPort(family))
            }
        }
        try pair.client.close()
        try #require(try pair.server.readToEnd().end == .fin)
        try pair.server.close()
        let waiting = Sides(client: .timeWait)
        try #require(try pair.states(settledAt: waiting) == waiting)
    }
}
