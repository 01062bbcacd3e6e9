import Console
import Diagnoses
import TCPSockets

/// What this side still keeps of a connection once it is closed, read from the kernel's socket table.
struct Aftermath {
    let local: Endpoint
    let remote: Endpoint
    let strategy: CloseStrategy

    /// Says it on standard error: standard output is for answers.
    func show() {
        writeLine(text, to: 2)
    }

    private var text: String {
        if strategy == .abandon {
            return "\(local) → \(remote): the kernel closes it when this process ends"
        }
        do {
            return try settled()?.inWords ?? "\(local) → \(remote) CLOSED: nothing is left"
        } catch {
            return "\(local) → \(remote): the socket table cannot be read: \(error)"
        }
    }

    /// The entry once it has reached a state in which it stays, or after a second whatever it is then: a peer
    /// may take any time to close, and the kernel tells nobody when it has. So this looks again and again.
    private func settled() throws(SocketError) -> SocketEntry? {
        let table = try SocketTable()
        let deadline = ContinuousClock.now + .seconds(1)
        var entry = try table.find(local: local, remote: remote)
        while let found = entry, found.state.isClosingDown, ContinuousClock.now < deadline {
            _ = try wait(for: [], until: .now + .milliseconds(2))
            entry = try table.find(local: local, remote: remote)
        }
        return entry
    }
}
