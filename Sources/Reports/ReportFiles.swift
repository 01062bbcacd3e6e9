import Glibc
import Recordings

// What the file system says stands in the errors as these programs put it: the call, the path, the errno.

/// Makes a folder and those above it, unless they are there.
///
/// - Throws: `LaboratoryError`.
package func makeFolder(_ path: String) throws {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    for end in parts.indices where !parts[end].isEmpty {
        let folder = parts[...end].joined(separator: "/")
        guard mkdir(folder, 0o777) != 0 else { continue }
        let number = errno
        guard !isFolder(folder) else { continue }
        throw LaboratoryError("mkdir \(folder)", number)
    }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Writes a file whole, or leaves the one that was there.
///
/// - Throws: `LaboratoryError`.
package func writeFile(_ bytes: [UInt8], to path: String) throws {
    let unfinished = "\(path).\(getpid())"
    let descriptor = try check("open \(path)", open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
    do {
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            rest = rest.dropFirst(Int(try check("write \(path)", CInt(truncatingIfNeeded: count))))
        }
        try check("rename \(path)", rename(unfinished, path))
    } catch {
        unlink(unfinished)
        throw error
    }
}

/// Reads a file whole, a pipe too.
///
/// - Throws: `LaboratoryError`.
package func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = try check("open \(path)", open(path, O_RDONLY | O_CLOEXEC))
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        if try check("read \(path)", CInt(truncatingIfNeeded: count)) == 0 { return bytes }
        bytes += chunk[..<count]
    }
}

/// The names in a folder; none where it cannot be read.
package func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        names.append(
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            })
    }
    return names
}
