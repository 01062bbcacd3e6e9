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
        "close() at once. FIN goes out first: TIME-WAIT stays here, and the port with it for 60 s.",
        causes: [Statement("The next client from the same port cannot bind().", "A1", "A5")],
        remedies: [
            Statement("Right for clients whose port the kernel chooses.", "implicit-active", "A10"),
            Statement("With a fixed port take passive.", "explicit-passive", "B6"),
            Statement(
                "If the peer sends anything after it, the RST that answers destroys what is still in the send queue. A silent peer "
                    + "gets everything.", "last-message"),
            Statement("Where data matters: half-close, or an acknowledgement in the protocol.", "last-message", "F7"),
        ]
    )

    private static let delay = strategy(
        .delay,
        "A pause, then close(): a bet that the peer closes within it. If it does, TIME-WAIT is the peer's.",
        causes: [
            Statement("It works while the peer is quick.", "A7"),
            Statement("Otherwise it is active, with what that may lose.", "last-message"),
        ],
        remedies: [
            Statement(
                "Better passive: it waits for the peer's FIN itself, and not for a time.", "explicit-passive")
        ]
    )

    private static let passive = strategy(
        .passive,
        "recv() until the peer's FIN, then close(). TIME-WAIT is the peer's; nothing is lost if the peer reads all before it "
            + "closes.",
        causes: [Statement("The same fixed port can be used again at once.", "B6")],
        remedies: [
            Statement("The best where the peer is known to close.", "explicit-passive", "B6"),
            "Bound the wait: a peer may never close (--close-timeout).",
        ]
    )

    private static let halfClose = strategy(
        .halfClose,
        "shutdown(SHUT_WR), recv() until the peer's FIN, close(). Of a peer that closes once it has read to the end, one "
            + "knows then that it has read everything. TIME-WAIT stays here.",
        causes: [Statement("Nothing is lost.", "last-message", "F7")],
        remedies: [
            Statement("The best where data matters more than the port.", "last-message", "F7"),
            "Bound the wait (--close-timeout).",
        ]
    )

    private static let linger = strategy(
        .linger,
        "SO_LINGER {on, seconds}, close(): it waits until the peer's kernel has acknowledged all, or the time is over. FIN "
            + "goes out first: TIME-WAIT stays here.",
        causes: [
            Statement(
                "close() blocks, on a non-blocking socket too.", "linger-waits", "linger-expires", "B8", "F8"),
            Statement("Thirty seconds do not skip TIME-WAIT.", "linger-30", "E4"),
            Statement(
                "close() returns 0 whether all was acknowledged, the time ran out, or a RST destroyed the send queue.",
                "linger-expires"),
        ],
        remedies: [
            Statement(
                "To know that all was read: half-close, with a peer that closes once it has read to the end; or an acknowledgement in "
                    + "the protocol."),
            Statement("Not in an event loop: it blocks.", "linger-expires", "F8"),
        ]
    )

    private static let dontLinger = strategy(
        .dontLinger,
        "SO_LINGER {off}, close(): the default once more, so as active.",
        causes: [Statement("Winsock calls the option SO_DONTLINGER.")],
        remedies: [Statement("Leave it out: it changes nothing.", "explicit-dont-linger")]
    )

    private static let reset = strategy(
        .reset,
        "SO_LINGER {on, 0}, close(): RST instead of FIN. No TIME-WAIT on either side; what is unsent, or on its way, is lost; "
            + "the peer gets ECONNRESET.",
        causes: [
            Statement("The last message is lost.", "lost-exit", "E5"),
            Statement("Nothing is left.", "B9", "C10"),
        ],
        remedies: [
            Statement("First try passive.", "explicit-passive", "B6"),
            "For ending connections that are worthless: an attacker's, or after an error.",
        ]
    )

    private static let unread = strategy(
        .unread,
        "close() with a byte unread in the receive queue: RST instead of FIN, as reset, only by a side effect.",
        causes: [
            Statement("No TIME-WAIT.", "D1", "D5"),
            Statement("The server can arrange it by filler.", "filler", "D4"),
        ],
        remedies: [
            Statement("First try passive.", "explicit-passive", "B6"),
            "If it must be a reset, say so: SO_LINGER {on, 0}.",
        ]
    )

    private static let abandon = strategy(
        .abandon,
        "The process ends and the kernel closes for it: as active, a FIN and no RST.",
        causes: [
            Statement("It is no reset.", "B3", "server-killed"),
            Statement("What it may lose is what active may lose.", "last-message"),
        ],
        remedies: [
            "Call close(), so that the order of things is in the program.",
            Statement("With unread data the kernel sends RST here too.", "server-killed", "E2"),
        ]
    )

    private static let disconnect = strategy(
        .disconnect,
        "connect(AF_UNSPEC), close(): the kernel sends RST and keeps nothing, as reset.",
        causes: [Statement("It resets an ESTABLISHED connection.", "disconnection", "F6")],
        remedies: [
            Statement("First try passive.", "explicit-passive", "B6"),
            "If it must be a reset, say so: SO_LINGER {on, 0}.",
        ]
    )
}
