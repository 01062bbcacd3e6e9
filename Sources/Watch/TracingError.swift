package import TCPSockets

/// Why the kernel's tracepoints cannot be read.
package enum TracingError: Error, CustomStringConvertible {
    /// tracefs cannot be mounted, and is not readable where it usually is.
    case notPermitted(Errno)
    /// The kernel has no tracefs (CONFIG_FTRACE), or lacks one of the tracepoints.
    case missing(String)
    /// A call on one of its files failed.
    case failed(String, Errno)

    /// Whether it takes other rights, or another kernel.
    package var isRefusal: Bool { if case .failed = self { false } else { true } }

    package var description: String {
        switch self {
        case .notPermitted(let errno):
            """
            the kernel's tracepoints cannot be read: mounting tracefs: \(errno)
              It takes root in the machine's own user namespace (CAP_SYS_ADMIN), or a mounted tracefs that this user can
              read and write; its folders have mode 0700, so CAP_PERFMON alone is not enough.
              Run: sudo chat-lab watch. In a container: docker run --privileged, or on the machine itself.
              Without it: chat-lab watch --sample reads the socket table once a second.
            """
        case .missing(let what):
            """
            the kernel's tracepoints cannot be read: \(what)
              Without it: chat-lab watch --sample reads the socket table once a second.
            """
        case .failed(let what, let errno): "\(what): \(errno)"
        }
    }
}
