import Diagnoses
import Glibc
import TCPSockets
import Text

/// Who has the name of a Unix socket of this machine.
package struct UnixSocketView: Sendable {
    enum File: Sendable { case none, socket, other }

    /// As it was asked for.
    let name: String
    let sockets: [UnixSockets.Entry]
    /// Sockets bound by a relative name with the same last part: the kernel does not say in which folder (unix_seq_show).
    let possible: [UnixSockets.Entry]
    let file: File
    let owners: SocketOwners

    /// Whether a text is such a name: a path, or an abstract name as ss(8) writes it, with @.
    package static func isName(_ text: String) -> Bool { text.hasPrefix("@") || text.contains("/") }

    /// Reads the table of this process' network namespace.
    package static func read(_ name: String) -> UnixSocketView {
        let entries = UnixSockets.read().entries
        let wanted = identity(name)
        let sockets = entries.filter {
            $0.name == name || wanted != nil && $0.isAbsolute && identity($0.name) == wanted
        }
        let possible = wanted == nil ? [] : entries.filter { $0.isRelative && $0.lastPart == lastPart(of: name) }
        return UnixSocketView(
            name: name, sockets: sockets, possible: possible, file: file(name),
            owners: SocketOwners(of: Set((sockets + possible).map(\.inode))))
    }

    package var isHeld: Bool { !sockets.isEmpty || !possible.isEmpty }

    private static func lastPart(of name: String) -> Substring { name.split(separator: "/").last ?? "" }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return !path.hasPrefix("@") && stat(path, &status) == 0 ? status : nil
    }

    /// Which socket's file a path leads to, whatever links and dots it has.
    private static func identity(_ path: String) -> FileIdentity? {
        status(path).flatMap {
            $0.st_mode & S_IFMT == S_IFSOCK ? FileIdentity(device: $0.st_dev, inode: $0.st_ino) : nil
        }
    }

    private static func file(_ path: String) -> File {
        status(path).map { $0.st_mode & S_IFMT == S_IFSOCK ? .socket : .other } ?? .none
    }
}

private struct FileIdentity: Equatable {
    let device: dev_t
    let inode: ino_t
}

extension ExplainText {
    package func text(_ view: UnixSocketView, top: Int = 10) -> String {
        var lines = [paint("The Unix socket \(visible(view.name)), now", .bold)]
        for socket in view.sockets.sorted(by: { $0.listens && !$1.listens }).prefix(top) {
            lines += item(
                "- ", "\(socket.listens ? "It listens" : "A socket has it, but does not listen")\(by(socket, view)).")
        }
        for socket in view.possible.prefix(top) {
            lines += item(
                "- ",
                "\(visible(socket.name)), a relative name, \(socket.listens ? "listens" : "is bound")\(by(socket, view)): "
                    + "it may be this one; the kernel does not say which folder.")
        }
        let count = view.sockets.count + view.possible.count
        if max(view.sockets.count, view.possible.count) > top {
            lines += paragraph("… \(count.grouped) in all", indent: 4)
        }
        if !view.isHeld {
            lines += paragraph(
                (view.file == .socket ? "No" : "Nothing has it: no")
                    + " Unix socket in this network namespace has that name.\(left(view))", indent: 4)
        } else if view.owners.hiddenProcesses > 0,
            (view.sockets + view.possible).contains(where: { view.owners[$0.inode] == nil })
        {
            lines += paragraph(
                "Only root sees the processes of other users (\(view.owners.hiddenProcesses.grouped)).",
                indent: 4)
        }
        return lines.joined(separator: "\n")
    }

    private func by(_ socket: UnixSockets.Entry, _ view: UnixSocketView) -> String {
        view.owners[socket.inode].map { ", held by \($0.inWords)" } ?? ""
    }

    /// What its file means, if no socket has it.
    private func left(_ view: UnixSocketView) -> String {
        switch view.file {
        case .none: ""
        case .socket:
            " But the file exists, so bind() fails with EADDRINUSE (unix(7)). A program that renamed it after bind(), or one in "
                + "another network namespace, would not be seen: only if connect() to it fails with ECONNREFUSED does nothing "
                + "listen there."
        case .other: " But a file that is not a socket has the name: bind() fails with EADDRINUSE (unix(7))."
        }
    }
}
