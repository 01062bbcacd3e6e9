internal import Glibc

/// The text of a file such as those below /proc, read from its beginning, however long it is.
///
/// - Returns: nil where it cannot be read; `errno` says why.
package func wholeText(of descriptor: CInt) -> String? {
    var capacity = 16_384
    while true {
        guard let bytes = bytes(of: descriptor, capacity: capacity) else { return nil }
        // Of a list in /proc/sys the kernel gives what fits the first read and then the end of the file
        // (kernel/sysctl.c, proc_do_large_bitmap): what fills the room exactly may have been cut.
        guard bytes.count == capacity else { return String(decoding: bytes, as: UTF8.self) }
        capacity *= 2
    }
}

private func bytes(of descriptor: CInt, capacity: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: capacity)
    while true {
        let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
        if count > 0 {
            bytes += chunk[..<count]
        } else if count == 0 {
            return bytes
        } else if errno != EINTR {
            return nil
        }
    }
}
