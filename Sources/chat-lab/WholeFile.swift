import Glibc
import TCPSockets

/// Why a file cannot be read.
struct UnreadableFile: Error, CustomStringConvertible {
    let description: String
}

/// Everything in a file, or from a pipe, which Foundation does not read (`Data(contentsOf:)`).
func wholeFile(_ path: String) throws(UnreadableFile) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw UnreadableFile(description: "\(Errno(rawValue: errno))") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count > 0 {
            bytes += chunk[..<count]
        } else if count == 0 {
            return bytes
        } else if errno != EINTR {
            throw UnreadableFile(description: "\(Errno(rawValue: errno))")
        }
    }
}
