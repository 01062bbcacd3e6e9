package import TCPSockets

extension Sequence<SocketCall> {
    /// A server's calls on the socket that accept4() returned for a connection, to its close().
    package func onSocket(of connection: FourTuple) -> [SocketCall] {
        var descriptor: Int?
        var found: [SocketCall] = []
        for call in self {
            if call.call == .accept4, call.address == connection.client {
                descriptor = call.result
                found.append(call)
            } else if let socket = descriptor, call.descriptor == socket, call.call != .accept4 {
                found.append(call)
                if call.call == .close { return found }
            }
        }
        return found
    }

    /// What all calls of a name returned together: bytes. Bytes that were only looked at do not count.
    package func bytes(moved call: SystemCall) -> Int {
        filter { $0.call == call && $0.result > 0 && $0.text("flags") != "MSG_PEEK" }.reduce(0) { $0 + $1.result }
    }
}

extension [SocketCall] {
    /// From the return of the call before close() to the return of close(): a little more than close() itself took,
    /// for the program wrote its trace in between.
    package var closeSeconds: Double? {
        guard let index = lastIndex(where: { $0.call == .close }), index > 0 else { return nil }
        return self[index].time - self[index - 1].time
    }
}
