extension Claim {
    /// The claims of the article's follow-up: four remedies and a doubt.
    static let followUp: [Claim] = [
        Claim(
            "B1",
            """
            With a port that the kernel chooses the client can reconnect at once, at the price that the server \
            cannot recognise a client by address and port.
            """,
            .yes("Yes: each connection has another port, and accept() tells the server nothing else.")),
        Claim(
            "B2", "A RST takes TCP from any state to CLOSED: a client that sends one has no TIME-WAIT.",
            .depends(
                "Yes for every connection; a listener stays, and so does TIME-WAIT if tcp_rfc1337 = 1.",
                holds: ["for a client that closes with one", "for a RST in each state of a connection"],
                fails: ["for a RST in LISTEN"], failsElsewhere: ["for a RST in TIME-WAIT with tcp_rfc1337 = 1"])),
        Claim(
            "B3", "A process that exits without closing its socket makes the system send a RST.",
            .no("No: the kernel closes the socket for it, with a FIN if all received data was read.")),
        Claim(
            "B4", "An ending by RST takes one packet, against four for an orderly close.",
            .depends(
                "One for the RST, yes; an orderly close takes three or four.", holds: ["for a RST"],
                fails: ["for an orderly close"])),
        Claim(
            "B5",
            """
            If a RST follows when only the first byte of `exit` has arrived, the server takes that byte for a \
            question and goes on waiting for its own user's answer; what was still on its way is lost.
            """,
            .yes(
                "Yes, while it waits for its user; a server in recv() gets ECONNRESET at once.",
                except: ["where the server waits in recv()"])),
        Claim(
            "B6",
            """
            Strict passive closing (the server closes on `exit`; the client reads to the end of the stream, then \
            closes) is graceful, solves the port problem and keeps a fixed address and port usable.
            """,
            .yes("Yes: nothing is lost, and the port is free at once, because the server closes first.")),
        Claim(
            "B7",
            """
            With SO_LINGER on and 5 seconds, the server's FIN comes first and the client's after it, as with \
            passive closing.
            """,
            .no("No: close() sends the FIN at once; the option only makes it wait for the ACK.")),
        Claim(
            "B8", "With SO_LINGER on and 5 seconds the wait is left to the lower layer: close() returns at once.",
            .no("No: close() waits until all is acknowledged, or until the time is over.")),
        Claim(
            "B9", "With SO_LINGER on and 0 seconds, the client sends a RST and has no TIME-WAIT.",
            .yes("Yes: a RST at once, and TIME-WAIT on neither host.")),
        Claim(
            "B10",
            """
            SO_REUSEADDR on the client does not help it to reconnect from its port in TIME-WAIT: bind() succeeds \
            anyway, connect() still fails.
            """,
            .no(
                "No: it helps, if both runs set it and TCP timestamps are on.",
                except: ["with SO_REUSEADDR on both sockets and without TCP timestamps"])),
        Claim(
            "B11", "Two programs cannot bind the same port; SO_REUSEADDR lets them.",
            .depends(
                "For two clients, yes; two listeners need SO_REUSEPORT.", holds: ["for two clients"],
                fails: ["for two listeners"])),
        Claim(
            "B12", "A raw socket could send the RST that ends a connection.",
            .yes("Yes, with CAP_NET_RAW: the peer takes it for the connection's own."), sense: .possibility),
        Claim(
            "B13", "Passive closing has no drawback but a few more lines in the client.",
            .no("No: the server keeps every TIME-WAIT, and the client depends on it to close.")),
        Claim(
            "B14",
            """
            Where the server must know its client, the two can exchange something at a higher layer; the fixed \
            address and port are not needed for it.
            """,
            .yes("Yes: a name and a proof identify the client, whatever its address and port.")),
    ]
}
