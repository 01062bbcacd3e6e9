import Diagnoses
import Glibc
import TCPSockets
import Text

/// Who has the name of a Unix socket of this machine.
package struct UnixSocketView: Sendable {
    let name: String
    let sockets: [UnixSockets.Entry]
    /// Whether there is a file of that name, and it is a socket's.
    let hasFile: Bool
    let owners: SocketOwners

    /// Whether a text is such a name: a path, or an abstract name as ss(8) writes it, with @.
    package static func isName(_ text: String) -> Bool { text.hasPrefix("/") || text.hasPrefix("@") }

    /// Reads the table of this process' network namespace.
    package static func read(_ name: String) -> UnixSocketView {
        let sockets = UnixSockets.read().entries.filter { $0.name == name }
        var status = stat()
        let hasFile = name.hasPrefix("/") && lstat(name, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
        return UnixSocketView(
            name: name, sockets: sockets, hasFile: hasFile, owners: SocketOwners(of: Set(sockets.map(\.inode))))
    }

    package var isHeld: Bool { !sockets.isEmpty }
}

extension ExplainText {
    package func text(_ view: UnixSocketView, top: Int = 10) -> String {
        var lines = [paint("The Unix socket \(visible(view.name)), now", .bold)]
        for socket in view.sockets.sorted(by: { $0.listens && !$1.listens }).prefix(top) {
            let owner = view.owners[socket.inode].map { ", held by \($0.inWords)" } ?? ""
            lines += item("- ", "\(socket.listens ? "It listens" : "A socket has it, but does not listen")\(owner).")
        }
        if view.sockets.count > top {
            lines += paragraph("… and \((view.sockets.count - top).grouped) more", indent: 4)
        }
        if view.sockets.isEmpty {
            lines += paragraph(
                "Nothing has it: no Unix socket in this network namespace has that name."
                    + (view.hasFile
                        ? " But the file exists: bind() fails with EADDRINUSE until it is removed (unix(7))." : ""),
                indent: 4)
        } else if view.owners.hiddenProcesses > 0, view.sockets.contains(where: { view.owners[$0.inode] == nil }) {
            lines += paragraph(
                "Only root sees the processes of other users (\(view.owners.hiddenProcesses.grouped)).",
                indent: 4)
        }
        return lines.joined(separator: "\n")
    }
}
