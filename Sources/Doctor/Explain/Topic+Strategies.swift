import TCPSockets

// The ten ways to close of `chat-client --close`.
extension Topic {
    static let strategies = CloseStrategy.allCases.map(topic)

    private static func topic(_ strategy: CloseStrategy) -> Topic {
        switch strategy {
        case .active: active
        case .delay: delay
        case .passive: passive
        case .halfClose: halfClose
        case .linger: linger
        case .dontLinger: dontLinger
        case .reset: reset
        case .unread: unread
        case .abandon: abandon
        case .disconnect: disconnect
        }
    }

    private static func strategy(
        _ strategy: CloseStrategy, _ meaning: String, causes: [Statement], remedies: [Statement]
    ) -> Topic {
        let cells = ["explicit-\(strategy.rawValue)", "implicit-\(strategy.rawValue)"]
        return Topic(
            .strategy, strategy.rawValue, Statement(meaning, shownBy: cells), causes: causes, remedies: remedies)
    }

    private static let active = strategy(
        .active,
        "close() at once. This side sends FIN first: it keeps TIME-WAIT, and the port, for 60 s.",
        causes: [Statement("The next client from the same port cannot bind().", "A1", "A5")],
        remedies: [
            Statement("Right for clients whose port the kernel chooses.", "implicit-active", "A10"),
            Statement("With a fixed port, use passive.", "explicit-passive", "B6"),
            Statement(
                "If the peer sends anything after it, a RST answers and discards the send queue. A silent peer gets "
                    + "everything.", "last-message"),
            Statement("If data matters: half-close, or an acknowledgement in the protocol.", "last-message", "F7"),
        ]
    )

    private static let delay = strategy(
        .delay,
        "A pause, then close(). If the peer closes within the pause, it holds TIME-WAIT.",
        causes: [
            Statement("It works only if the peer is fast enough.", "A7"),
            Statement("Otherwise it is active, and may lose what active may lose.", "last-message"),
        ],
        remedies: [
            Statement(
                "Better: passive. It waits for the peer's FIN, not for a time.", "explicit-passive")
        ]
    )

    private static let passive = strategy(
        .passive,
        "recv() until the peer's FIN, then close(). The peer holds TIME-WAIT. Nothing is lost if it reads "
            + "everything before it closes.",
        causes: [Statement("The same fixed port can be used again at once.", "B6")],
        remedies: [
            Statement("The best choice if the peer is known to close.", "explicit-passive", "B6"),
            "Limit the wait: a peer may never close (--close-timeout).",
        ]
    )

    private static let halfClose = strategy(
        .halfClose,
        "shutdown(SHUT_WR), recv() until the peer's FIN, close(). If the peer reads to the end before it closes, "
            + "its FIN proves that it read everything. TIME-WAIT stays here.",
        causes: [Statement("Nothing is lost.", "last-message", "F7")],
        remedies: [
            Statement("The best choice if data matters more than the port.", "last-message", "F7"),
            "Limit the wait (--close-timeout).",
        ]
    )

    private static let linger = strategy(
        .linger,
        "SO_LINGER {on, seconds}, close(): it waits until the peer's kernel has acknowledged everything, or the "
            + "time is up. This side sends FIN first: TIME-WAIT stays here.",
        causes: [
            Statement(
                "close() blocks, on a non-blocking socket too.", "linger-waits", "linger-expires", "B8", "F8"),
            Statement("Thirty seconds do not skip TIME-WAIT.", "linger-30", "E4"),
            Statement(
                "close() returns 0 whether all was acknowledged, the time ran out, or a RST discarded the send queue.",
                "linger-expires"),
        ],
        remedies: [
            Statement(
                "To know that all was read: half-close, if the peer reads to the end before it closes; or an "
                    + "acknowledgement in the protocol."),
            Statement("Not in an event loop: it blocks.", "linger-expires", "F8"),
        ]
    )

    private static let dontLinger = strategy(
        .dontLinger,
        "SO_LINGER {off}, close(): the default, so the same as active.",
        causes: [Statement("Winsock calls the option SO_DONTLINGER.")],
        remedies: [Statement("Leave it out: it changes nothing.", "explicit-dont-linger")]
    )

    private static let reset = strategy(
        .reset,
        "SO_LINGER {on, 0}, close(): RST instead of FIN. No TIME-WAIT on either side; data unsent or in flight is "
            + "lost; the peer gets ECONNRESET.",
        causes: [
            Statement("The last message is lost.", "lost-exit", "E5"),
            Statement("Nothing is left.", "B9", "C10"),
        ],
        remedies: [
            Statement("First try passive.", "explicit-passive", "B6"),
            "For worthless connections: an attacker's, or after an error.",
        ]
    )

    private static let unread = strategy(
        .unread,
        "close() with an unread byte in the receive queue: RST instead of FIN, like reset, but as a side effect.",
        causes: [
            Statement("No TIME-WAIT.", "D1", "D5"),
            Statement("The server can cause it by sending filler.", "filler", "D4"),
        ],
        remedies: [
            Statement("First try passive.", "explicit-passive", "B6"),
            "If it must be a reset, say so: SO_LINGER {on, 0}.",
        ]
    )

    private static let abandon = strategy(
        .abandon,
        "The process ends and the kernel closes for it: a FIN, like active, and no RST.",
        causes: [
            Statement("It is not a reset.", "B3", "server-killed"),
            Statement("It may lose what active may lose.", "last-message"),
        ],
        remedies: [
            "Call close(), so that the program decides the order.",
            Statement("With unread data the kernel sends RST here too.", "server-killed", "E2"),
        ]
    )

    private static let disconnect = strategy(
        .disconnect,
        "connect(AF_UNSPEC), close(): the kernel sends RST and keeps nothing, like reset.",
        causes: [Statement("It resets an ESTABLISHED connection.", "disconnection", "F6")],
        remedies: [
            Statement("First try passive.", "explicit-passive", "B6"),
            "If it must be a reset, say so: SO_LINGER {on, 0}.",
        ]
    )
}
