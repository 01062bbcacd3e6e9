internal import Glibc

/// Such as `6.18.44`, as `uname -r` tells it.
///
/// The corresponding C function is `uname`.
package func kernelRelease() -> String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
