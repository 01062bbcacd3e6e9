package import Recordings
package import Stories
package import TCPSockets

/// A connection that is over, with the programs at those of its ends that are on this machine.
package struct EndedConnection: Sendable, Hashable {
    package let story: Story
    package let client, server: SocketProgram?
    /// Which ends are on this machine.
    package let isClientHere, isServerHere: Bool

    package subscript(side: Side) -> SocketProgram? { side == .client ? client : server }

    package func isHere(_ side: Side) -> Bool { side == .client ? isClientHere : isServerHere }

    /// Whether a program of it is in another network namespace than this one.
    package var isElsewhere: Bool { [client, server].contains { $0?.isElsewhere == true } }

    package init(
        story: Story, client: SocketProgram?, server: SocketProgram?, isClientHere: Bool, isServerHere: Bool
    ) {
        (self.story, self.client, self.server) = (story, client, server)
        (self.isClientHere, self.isServerHere) = (isClientHere, isServerHere)
    }
}

/// A connect() that failed before anything was sent: no port was free, or the one that the program had bound was not.
package struct FailedConnect: Sendable, Hashable {
    package let remote: Endpoint
    package let program: SocketProgram?
}
