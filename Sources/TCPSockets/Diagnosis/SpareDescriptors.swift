internal import CLinux
internal import Glibc

/// Descriptors that looking through `/proc` takes: a file that cannot be opened for want of them must not count as one that is
/// not there.
public enum SpareDescriptors {
    /// The most that are open at once in that: the socket table, two folders of `/proc`, a file, and two of pidfd_getfd(2).
    private static let needed = 6

    /// - Throws: EMFILE or ENFILE where there are fewer.
    public static func check() throws(SocketError) {
        var opened: [CInt] = []
        defer { for descriptor in opened { Glibc.close(descriptor) } }
        // eventfd() needs neither a path nor a permission.
        while opened.count < needed {
            let descriptor = try systemCall(.eventfd, on: -1, isTraced: false) {
                Int(eventfd(0, CInt(EFD_CLOEXEC)))
            }
            opened.append(CInt(descriptor))
        }
    }
}
