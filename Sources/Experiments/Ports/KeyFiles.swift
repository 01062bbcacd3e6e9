import Bench
import Glibc
import Recordings

/// Fresh keys, each in a file that nobody else may read; gone with this object.
final class KeyFiles: Sendable {
    let paths: [String]
    private let folder: String

    /// Has the client make them.
    ///
    /// - Throws: `MissingFeature` where it was built without libsodium; `LaboratoryError`.
    init(_ chat: Chat, names: [String]) async throws {
        var template = Array("/tmp/chat-lab-keys-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw LaboratoryError("mkdtemp", errno) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        paths = names.indices.map { [folder] in "\(folder)/\($0)" }
        for (path, name) in zip(paths, names) {
            let client = try await Host(.client).run(chat.newIdentity(named: name)) { _ in }
            guard let line = client.lines.first, client.status == 0 else {
                throw MissingFeature("chat-client makes no keys: \(client.complaint)")
            }
            try write(line + "\n", to: path)
        }
    }

    deinit {
        for path in paths { unlink(path) }
        rmdir(folder)
    }

    private func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LaboratoryError("open \(path)", errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw LaboratoryError("write \(path)", errno)
        }
    }
}
