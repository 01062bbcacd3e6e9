import CLinux
import Glibc
import TCPSockets

/// The kernel's tracefs (Documentation/trace/ftrace.rst), mounted for this process alone where that is allowed: nothing of it is
/// seen by others, and it goes with the process. Elsewhere the one that is mounted already.
final class TraceFS {
    let root: String
    private let descriptor: CInt

    init() throws(TracingError) {
        descriptor = clinux_mount_tracefs()
        let error = Errno(rawValue: errno)
        if descriptor >= 0 {
            root = "/proc/self/fd/\(descriptor)"
        } else if let path = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].first(where: {
            access("\($0)/instances", R_OK | W_OK | X_OK) == 0
        }) {
            root = path
        } else if error.rawValue == ENODEV {
            throw .missing("this kernel has no tracefs (CONFIG_FTRACE)")
        } else {
            throw .notPermitted(error)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
