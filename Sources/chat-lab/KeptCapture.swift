import Glibc
import Recordings

/// A file for what comes from a pipe or an interface, so that it can be read a second time.
final class KeptCapture {
    let path: String
    let descriptor: CInt
    private let isTemporary: Bool

    /// - Parameter path: Where it is to stay; nil for one that goes with this object.
    /// - Throws: `LaboratoryError`.
    init(_ path: String?) throws {
        isTemporary = path == nil
        if let path {
            self.path = path
            descriptor = try check("open \(path)", open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
        } else {
            let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
            var name = Array("\(folder)/chat-lab-XXXXXX".utf8CString)
            descriptor = try check("mkstemp \(folder)", mkstemp(&name))
            self.path = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        }
    }

    deinit {
        close(descriptor)
        if isTemporary { unlink(path) }
    }
}
