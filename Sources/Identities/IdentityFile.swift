package import Glibc
package import TCPSockets

/// A file of identities: one `NAME KEY` a line, empty lines and lines that begin with `#` left out.
package enum IdentityFile {
    private static let mostBytes = 16 << 20

    /// Why a file cannot be used. It never tells what stands in it.
    package struct Unusable: Error, CustomStringConvertible {
        package enum Reason: Sendable {
            case call(String, Errno)
            case readableByOthers(mode: mode_t)
            case notOwned
            case tooLarge
            case line(Int)
            case repeated(line: Int)
            case count(Int)
        }

        let path: String
        package let reason: Reason

        package var description: String {
            switch reason {
            case .call(let call, let errno): "\(call) \(path): \(errno). Name a readable file."
            case .readableByOthers(let mode):
                "\(path) has mode \(octal(mode)): others can read or change the keys in it. Run chmod 600 \(path), "
                    + "and make new keys if others may have seen these."
            case .notOwned: "\(path) belongs to another user, who can read the keys in it. Make your own copy."
            case .tooLarge: "\(path) is larger than 16 MiB. Is it the right file?"
            case .line(let number):
                "\(path), line \(number): not NAME KEY, as chat-client --new-identity NAME prints it."
            case .repeated(let number): "\(path), line \(number): the name is already on an earlier line."
            case .count(let count): "\(path) holds \(count) identities. A client uses exactly one."
            }
        }

        private func octal(_ mode: mode_t) -> String { "0" + String(mode & 0o7777, radix: 8) }
    }

    /// The identities in a file.
    ///
    /// - Throws: `Unusable`.
    package static func read(_ path: String) throws(Unusable) -> [Identity] {
        let text = try contents(path)
        var identities: [Identity] = []
        var names: Set<[UInt8]> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
            guard let identity = Identity(line: line) else { throw Unusable(path: path, reason: .line(index + 1)) }
            guard names.insert(Array(identity.name.utf8)).inserted else {
                throw Unusable(path: path, reason: .repeated(line: index + 1))
            }
            identities.append(identity)
        }
        return identities
    }

    /// The one identity in a file.
    ///
    /// - Throws: `Unusable`.
    package static func readOne(_ path: String) throws(Unusable) -> Identity {
        let identities = try read(path)
        guard identities.count == 1 else { throw Unusable(path: path, reason: .count(identities.count)) }
        return identities[0]
    }

    private static func contents(_ path: String) throws(Unusable) -> String {
        // A pipe without a writer would keep a server that reloads waiting.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw Unusable(path: path, reason: .call("open", Errno(rawValue: errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Unusable(path: path, reason: .call("fstat", Errno(rawValue: errno)))
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Unusable(path: path, reason: .readableByOthers(mode: status.st_mode))
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw Unusable(path: path, reason: .notOwned) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw Unusable(path: path, reason: .call("read", Errno(rawValue: errno)))
            }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
            guard bytes.count <= mostBytes else { throw Unusable(path: path, reason: .tooLarge) }
        }
    }
}
