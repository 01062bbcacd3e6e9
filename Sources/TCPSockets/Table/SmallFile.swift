internal import Glibc

/// Small files such as those below /proc, whole or in part: the one place that reads them.
package enum SmallFile {
    /// The whole text, however long it is.
    ///
    /// - Returns: nil where it cannot be read.
    package static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return text(of: descriptor)
    }

    /// The same of a file that is open, read from its beginning.
    ///
    /// - Returns: nil where it cannot be read; `errno` says why.
    package static func text(of descriptor: CInt) -> String? {
        var capacity = 16_384
        while true {
            guard let bytes = bytes(of: descriptor, capacity: capacity) else { return nil }
            // Of a list in /proc/sys the kernel gives what fits the first read and then the end of the file
            // (kernel/sysctl.c, proc_do_large_bitmap): what fills the room exactly may have been cut.
            guard bytes.count == capacity else { return String(decoding: bytes, as: UTF8.self) }
            capacity *= 2
        }
    }

    /// nil for a file that cannot be read, or that is empty.
    package static func firstLine(of path: String) -> String? {
        guard let text = text(of: path), !text.isEmpty else { return nil }
        return String(text.utf8.prefix { $0 != UInt8(ascii: "\n") })
    }

    /// nil for a file that cannot be read, or whose first line is no number.
    package static func number<Number: FixedWidthInteger>(in path: String) -> Number? {
        firstLine(of: path).flatMap { Number($0) }
    }

    private static func bytes(of descriptor: CInt, capacity: Int) -> [UInt8]? {
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
}
