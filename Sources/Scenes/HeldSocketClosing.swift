import Bench
import Dispatch
import Glibc
import Synchronization
import TCPSockets

/// Closes a socket while no program is being started (see `betweenStarts`), and lets programs start again as soon as the
/// descriptor is gone from this process's table. close() takes it out first, and with SO_LINGER may then wait for seconds
/// (fs/open.c; net/ipv4/tcp.c, __tcp_close): nothing could be started meanwhile, in any experiment.
///
/// - Throws: What close() failed with.
func closeBetweenStarts(_ descriptor: CInt) throws {
    let result = Mutex<Result<Void, any Error>>(.success(()))
    let isClosed = DispatchSemaphore(value: 0)
    try betweenStarts {
        let file = fileIdentity(of: descriptor)
        try detachThread {
            let closed = Result { try TCPSocket(owning: descriptor).close() }
            result.withLock { $0 = closed }
            isClosed.signal()
        }
        while fileIdentity(of: descriptor) == file { sched_yield() }
    }
    isClosed.wait()
    try result.withLock(\.self).get()
}

/// What a descriptor stands for: its number may be another file's a moment later. nil where it stands for nothing.
private func fileIdentity(of descriptor: CInt) -> ino_t? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status.st_ino : nil
}
