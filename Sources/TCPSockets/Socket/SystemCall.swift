internal import Glibc

/// The calls by which this module speaks to the kernel, under their own names.
public enum SystemCall: String, Sendable, Hashable, CaseIterable {
    case accept4, bind, close, connect, fcntl, getpeername, getsockname, getsockopt, ioctl, listen, poll, recv, send
    case setsockopt, shutdown, socket
    case epollCreate = "epoll_create1"
    case epollControl = "epoll_ctl"
    case epollWait = "epoll_wait"
    case eventfd, pipe2, read, sigaction, write
    case pthreadCreate = "pthread_create"

    /// The rule for EINTR, in its only place. A call that a signal interrupted before it did anything is made
    /// again, with three exceptions: close() has released the descriptor all the same, and calling it again
    /// could close another thread's new one (close(2), "Dealing with error returns from close()");
    /// connect() goes on in the background, and a second call would fail with EALREADY; and the waiting calls
    /// return to the caller, because a signal may be the very event it waits for.
    var isRestarted: Bool {
        switch self {
        case .close, .connect, .poll, .epollWait: false
        default: true
        }
    }
}

/// Makes a system call: the way of every call on a socket, and of every wait for one.
///
/// - Parameters:
///   - call: The name, for errors and for the trace.
///   - descriptor: The descriptor it acts on, or -1 where it makes one.
///   - option: The socket option concerned.
///   - endpoint: The address concerned.
///   - isTraced: False for calls that are no part of the program's conversation: the socket table, the poller.
///   - arguments: What the trace shows besides the descriptor; built only while a trace is on.
///   - body: The C call; negative means that it failed and `errno` says why.
/// - Returns: The result of the call, never negative.
/// - Throws: `SocketError` with the call, the option, the address and the error number.
@discardableResult
func systemCall(
    _ call: SystemCall, on descriptor: CInt, option: String? = nil, endpoint: Endpoint? = nil,
    isTraced: Bool = true, arguments: @autoclosure () -> [TraceArgument] = [], _ body: () -> Int
) throws(SocketError) -> Int {
    while true {
        let result = body()
        if result >= 0, !(isTraced && Trace.isOn) { return result }
        let failure = result < 0 ? Errno.current : nil
        if isTraced, Trace.isOn {
            Trace.record(call, on: descriptor, arguments: arguments(), result: result, errno: failure)
        }
        guard let failure else { return result }
        if failure == .interrupted, call.isRestarted { continue }
        throw SocketError(call, failure, option: option, endpoint: endpoint)
    }
}
