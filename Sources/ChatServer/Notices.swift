import TCPSockets

/// Lines for the operator's terminal, from any thread.
package final class Notices: Sendable {
    private let lines: Mailbox<String>
    /// More than a screen holds. A terminal that is held up (Ctrl-S) is not to fill the memory.
    static let mostLines = 1000

    /// - Throws: `SocketError`.
    package init() throws {
        lines = try Mailbox()
    }

    /// Readable when there are lines, until `takeAll`.
    var descriptor: CInt { lines.descriptor }

    package func post(_ line: String) {
        lines.update { lines in
            if lines.count < Self.mostLines { lines.append(line) }
            if lines.count == Self.mostLines { lines[Self.mostLines - 1] = "… more lines were left out" }
        }
    }

    func takeAll() -> [String] { lines.takeAll() }
}
