internal import TCPSockets

// What a connection, or a call in the wrong moment, may fail with.
extension Topic {
    static let errors = addressErrors + connectionErrors

    private static let connectionErrors = [
        error(
            .connectionReset, "A RST ended the connection: recv() says so once, and what was not yet read is lost.",
            causes: [
                Cause("The peer closed with SO_LINGER {on, 0}.", "explicit-reset", "B9"),
                Cause("The peer closed with data unread in its receive queue.", "explicit-unread", "D1"),
                Cause("The peer called connect(AF_UNSPEC).", "disconnection", "F6"),
                Cause(
                    "Data reached a socket that was closed, or a host that no longer knows the connection.",
                    "last-ack-lost", "A12"),
                Cause("The peer's program was killed with data unread in its queue.", "server-killed", "E2"),
            ],
            remedies: [
                "Treat it as an end that may have lost data: what was not acknowledged by the application may be gone (lost-exit).",
                "Make the peer read everything before it closes, or shutdown(SHUT_WR) and read to the end (explicit-half-close).",
                "Do not use resets to avoid TIME-WAIT: let the other side close first (explicit-passive).",
            ]),
        error(
            .brokenPipe,
            "send() after the connection was reset, or after one's own shutdown(SHUT_WR); SIGPIPE comes with it.",
            causes: [
                Cause(
                    "The peer closed; the first send() met its RST, the second one fails so. The first seemed to succeed."
                ),
                Cause("This side shut down its sending half."),
            ],
            remedies: [
                "Stop sending; read what is still there.",
                "Pass MSG_NOSIGNAL, or ignore SIGPIPE: the signal ends the program.",
                "Have the peer acknowledge what matters: send() only fills a queue.",
            ]),
        error(
            .notConnected, "The socket has no connection: it never had one, or a RST or connect(AF_UNSPEC) took it.",
            causes: [
                Cause("send(), recv(), shutdown() or getpeername() before connect() succeeded."),
                Cause("shutdown() after the peer's RST had been reported."),
                Cause("After connect(AF_UNSPEC).", "disconnection"),
            ],
            remedies: [
                "After a non-blocking connect() wait for POLLOUT and read SO_ERROR.",
                "After a reset just close().",
            ]),
        error(
            .alreadyConnected, "connect() on a socket that has a connection, or that listens.",
            causes: [
                Cause("connect() called again after it had succeeded, such as after EINPROGRESS.")
            ],
            remedies: [
                "Take it for success where connect() was repeated.", "Make a new socket for each connection.",
            ]),
        error(
            .inProgress, "connect() on a non-blocking socket goes on: SYN-SENT. No failure.",
            causes: [Cause("Every non-blocking connect() that is not answered at once.", "implicit-active")],
            remedies: ["Wait for POLLOUT, then read SO_ERROR: 0 is success.", "To give up: close()."]),
        error(
            .already, "connect() while the first one goes on.",
            causes: [Cause("connect() repeated after EINPROGRESS or EINTR.")],
            remedies: ["Wait for POLLOUT, then read SO_ERROR."]),
        error(
            .interrupted, "A signal came before the call did anything.",
            causes: [Cause("Any call that waits; of a connect() the handshake goes on in the background.")],
            remedies: [
                "Call again, with two exceptions: connect() (wait for POLLOUT instead) and close() (the descriptor is gone)."
            ]),
        error(
            .wouldBlock, "A non-blocking call has nothing to read, no room to write, nobody to accept. No failure.",
            causes: [
                Cause(
                    "Non-blocking sockets, all the time. close() with SO_LINGER blocks all the same.", "linger-expires",
                    "F8")
            ],
            remedies: ["Wait with poll() or epoll, then call again."]),
        error(
            .tooManyOpenFiles, "The process has as many descriptors as RLIMIT_NOFILE allows.",
            causes: [
                Cause("Connections that are never closed: CLOSE-WAIT piles up.", "leaked-sockets", "E6"),
                Cause("More clients at a time than the limit has room for."),
            ],
            remedies: [
                "Look for a leak: chat-lab doctor shows CLOSE-WAIT by process.",
                "Raise the limit: ulimit -n, LimitNOFILE=.",
                "accept() leaves the client in the queue; keep a spare descriptor to accept and turn it away.",
            ]),
        error(
            .tooManyOpenFilesInSystem, "The system has as many open files as fs.file-max allows.",
            causes: [Cause("A leak in some process, or very many sockets.", "leaked-sockets")],
            remedies: ["Look for the process: chat-lab doctor.", "Raise fs.file-max."]),
        error(
            .badDescriptor, "That number is no open descriptor.",
            causes: [Cause("Use after close(), or close() twice: with threads, perhaps another's descriptor.")],
            remedies: ["Give each descriptor one owner.", "Never repeat close(), not even after EINTR."]),
        error(
            .connectionAborted, "The connection ended before accept() took it, or the host ended it.",
            causes: [Cause("accept(): the client has reset meanwhile; Linux mostly hands it over all the same.")],
            remedies: ["Call accept() again."]),
    ]
}
