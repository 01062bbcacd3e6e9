extension Claim {
    /// The claims of the note on how to skip TIME-WAIT.
    static let skipping: [Claim] = [
        Claim(
            "E1", "Rebinding a port in TIME-WAIT fails.",
            .yes("Yes, unless both sockets set SO_REUSEADDR.", except: ["with SO_REUSEADDR on both sockets"])),
        Claim(
            "E2", "TIME-WAIT is mostly a client's state; a server gets it when it closes first or ends abnormally.",
            .yes(
                "Yes; but a server that is killed with unread data sends a RST and keeps nothing.",
                except: ["when it is killed with a question unread"])),
        Claim(
            "E3", "SO_REUSEADDR before bind() lets a client restart and connect at once.",
            .yes(
                "Yes, if both runs set it and TCP timestamps are on.",
                except: [
                    "with SO_REUSEADDR on the old socket only", "with SO_REUSEADDR on the new socket only",
                    "with SO_REUSEADDR on both sockets and without TCP timestamps",
                ])),
        Claim(
            "E4", "SO_LINGER on with 30 seconds, which the write-up calls SO_DONTLINGER, skips TIME-WAIT.",
            .no("No: close() only waits for the ACK; TIME-WAIT comes, and bind() fails.")),
        Claim(
            "E5", "Avoiding TIME-WAIT by RST is usually a bad idea.",
            .yes("Yes: a RST throws away what was not yet delivered.")),
        Claim(
            "E6", "CLOSE-WAIT piles up when a side never closes after its peer has.",
            .yes("Yes: each connection leaves one, and nothing removes it while the peer is silent.")),
        Claim(
            "E7", "Some kernel setting shortens or skips TIME-WAIT.",
            .depends(
                "Yes: tcp_tw_reuse on the connecting host; tcp_fin_timeout does not.",
                holds: ["with tcp_tw_reuse = 1", "with tcp_max_tw_buckets = 0"],
                fails: ["with tcp_fin_timeout = 5", "with tcp_tw_recycle = 1", "with tcp_timestamps = 0"]),
            sense: .possibility),
        Claim(
            "E8", "A port in TIME-WAIT can be used by no other new connection at all.",
            .no("No: the kernel gives it to connections to other destinations.")),
    ]
}
