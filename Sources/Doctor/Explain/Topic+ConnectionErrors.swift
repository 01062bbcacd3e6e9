import TCPSockets

// What a connection, or a call in the wrong moment, may fail with.
extension Topic {
    static let errors = addressErrors + reachabilityErrors + connectionErrors + systemErrors

    private static let connectionErrors = [
        error(
            .connectionReset,
            Statement(
                "A RST ended the connection. On Linux recv() first returns the data that came before it, then fails "
                    + "once, then returns 0. Data in flight, in either direction, is lost.", "explicit-reset",
                "lost-exit",
                source: "net/ipv4/tcp.c, tcp_recvmsg_locked"),
            causes: [
                Statement("The peer closed with SO_LINGER {on, 0}.", "explicit-reset", "B9"),
                Statement("The peer closed with data unread in its receive queue.", "explicit-unread", "D1"),
                Statement("The peer called connect(AF_UNSPEC).", "disconnection", "F6"),
                Statement(
                    "Data reached a socket that was closed, or a host that no longer knows the connection.",
                    "last-ack-lost", "A12"),
                Statement(
                    "This side sent after the peer had closed: the RST also discards what the peer still had to send.",
                    "last-message"),
                Statement(
                    "The peer's program was killed with unread data in its receive queue.", "server-killed", "E2"),
            ],
            remedies: [
                Statement(
                    "Assume that data is lost: what the application did not acknowledge may be gone.",
                    "lost-exit"),
                Statement(
                    "Have the peer read everything before it closes, or shutdown(SHUT_WR) and read to the end.",
                    "explicit-half-close", "F7"),
                Statement(
                    "Do not use resets to avoid TIME-WAIT: let the other side close first.", "explicit-passive", "B6"),
            ]),
        error(
            .brokenPipe,
            Statement(
                "send() after a reset, or after this side's shutdown(SHUT_WR). SIGPIPE comes with it.",
                source: "send(2), signal(7)"),
            causes: [
                Statement(
                    "The peer closed, and a RST answered the first send(), which seemed to succeed: in CLOSE-WAIT a "
                        + "RST gives EPIPE.", "reset-in-each-state", source: "net/ipv4/tcp_input.c, tcp_reset"),
                Statement(
                    "Another send() after ECONNRESET: the error is reported once, then the connection is gone.",
                    source: "net/core/stream.c, sk_stream_error"),
                Statement("This side called shutdown(SHUT_WR).", source: "send(2)"),
                Statement("send() on a listener.", "half-open"),
            ],
            remedies: [
                "Stop sending; read what is still there.",
                Statement(
                    "Pass MSG_NOSIGNAL, or ignore SIGPIPE: the signal ends the program.", source: "send(2), signal(7)"),
                "Have the peer acknowledge what matters: send() only fills the send queue.",
            ]),
        error(
            .notConnected,
            Statement(
                "The socket has no connection: it never had one, or a RST or connect(AF_UNSPEC) ended it.",
                "disconnection", source: "send(2), recv(2), shutdown(2)"),
            causes: [
                Statement(
                    "send(), recv(), shutdown() or getpeername() before connect() succeeded.",
                    source: "send(2), recv(2), shutdown(2), getpeername(2)"),
                Statement("shutdown() after the peer's RST had been reported."),
                Statement("After connect(AF_UNSPEC).", "disconnection"),
            ],
            remedies: [
                Statement("After a non-blocking connect() wait for POLLOUT and read SO_ERROR.", source: "connect(2)"),
                "After a reset just close().",
            ]),
        error(
            .alreadyConnected,
            Statement("connect() on a connected socket or a listener.", source: "connect(2)"),
            causes: [
                Statement(
                    "connect() called again after it succeeded, such as after EINPROGRESS.",
                    source: "connect(2)")
            ],
            remedies: [
                "If you repeated connect(), treat it as success.", "Make a new socket for each connection.",
            ]),
        error(
            .inProgress,
            Statement("Not a failure: a non-blocking connect() goes on in SYN-SENT.", source: "connect(2)"),
            causes: [Statement("Every non-blocking connect() that is not answered at once.", "implicit-active")],
            remedies: [
                Statement("Wait for POLLOUT, then read SO_ERROR: 0 is success.", source: "connect(2)"),
                "To give up: close().",
            ]),
        error(
            .already, Statement("connect() while the first one is in progress.", source: "connect(2)"),
            causes: [Statement("connect() repeated after EINPROGRESS or EINTR.")],
            remedies: ["Wait for POLLOUT, then read SO_ERROR."]),
        error(
            .interrupted, Statement("A signal came before the call did anything.", source: "signal(7)"),
            causes: [
                Statement(
                    "Any call that waits. After connect() the handshake goes on in the background.",
                    source: "signal(7), connect() in POSIX")
            ],
            remedies: [
                Statement(
                    "Call again, except connect() (wait for POLLOUT instead) and close() (the descriptor is gone).",
                    source: "connect() in POSIX, close(2)")
            ]),
        error(
            .wouldBlock,
            Statement(
                "Not a failure: a non-blocking call has nothing to read, no room to write, or no client to accept.",
                source: "recv(2), send(2), accept(2)"),
            causes: [
                Statement(
                    "Non-blocking sockets, all the time. But close() with SO_LINGER blocks.", "linger-expires",
                    "F8")
            ],
            remedies: [Statement("Wait with poll() or epoll, then call again.", source: "poll(2), epoll(7)")]),
        error(
            .tooManyOpenFiles,
            Statement(
                "The process has as many descriptors as RLIMIT_NOFILE allows.", source: "accept(2), getrlimit(2)"),
            causes: [
                Statement("Connections that are never closed: CLOSE-WAIT piles up.", "leaked-sockets", "E6"),
                Statement("More clients at a time than the limit allows.", source: "accept(2)"),
            ],
            remedies: [
                Statement("Look for a leak: chat-lab doctor shows CLOSE-WAIT by process.", "leaked-sockets"),
                Statement("Raise the limit: ulimit -n, LimitNOFILE=.", source: "getrlimit(2), systemd.exec(5)"),
                "accept() leaves the client in the queue; keep a spare descriptor to accept and turn it away.",
            ]),
        error(
            .tooManyOpenFilesInSystem,
            Statement("The system has as many open files as fs.file-max allows.", source: "accept(2), proc(5)"),
            causes: [Statement("A leak in some process, or very many sockets.", "leaked-sockets")],
            remedies: ["Look for the process: chat-lab doctor.", Statement("Raise fs.file-max.", source: "proc(5)")]),
        error(
            .badDescriptor, Statement("That number is not an open descriptor.", source: "close(2)"),
            causes: [Statement("Use after close(), or close() twice: with threads, perhaps another's descriptor.")],
            remedies: [
                "Give each descriptor one owner.",
                Statement("Never repeat close(), not even after EINTR.", source: "close(2)"),
            ]),
        error(
            .connectionAborted,
            Statement("The connection ended before accept(), or the host ended it.", source: "accept(2)"),
            causes: [Statement("accept(): the client has reset meanwhile. Linux mostly returns the socket anyway.")],
            remedies: ["Call accept() again."]),
    ]
}
