import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// A connection as `chat-lab try --format json` tells it, or as somebody does who knows nothing of chat-lab.
struct ToldConnection: Decodable, Equatable {
    struct Bytes: Decodable, Equatable {
        let client, server: Int
    }

    let client, server, firstToClose, ending: String
    let bytes: Bytes
}

/// The rest of it.
struct ToldTrial: Decodable {
    struct Program: Decodable {
        let pid: Int32
        let name: String
    }

    struct Reset: Decodable {
        let from, cause, knownFrom: String
    }

    struct Connection: Decodable {
        struct Programs: Decodable {
            let client, server: Program?
        }

        let client, firstToClose, ending, timeWait: String
        let timeWaitSeen: Bool
        let programs: Programs
        let reset: Reset?
        let pcap: String?
    }

    struct Again: Decodable {
        let exit: Int
        let worked: Bool
        let bind, connect: String
    }

    let connections: [Connection]
    let again: Again?
}

/// Runs `chat-lab try`.
func runTrial(
    server: String, client: String, _ arguments: [String] = [], environment: [String: String] = [:]
) async throws -> Finished {
    let command = [product("chat-lab"), "try", "--server", server, "--client", client] + arguments
    return try await withProgram(command, environment: environment, input: "")
}

func decoded<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(text.utf8))
}

/// Watches the server's host through a packet socket (packet(7)), and tells at SIGTERM, in its own words, what it saw of every
/// connection. It shares nothing with chat-lab, not even the language.
let independentObserver = """
    import json, select, signal, socket, struct, sys
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
    tap.bind(("wire", 0))
    tap.setblocking(False)
    wake, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno())
    open(sys.argv[1] + ".ready", "w").close()
    packets, over = [], False
    while not over:
        over = wake in select.select([tap, wake], [], [])[0]
        try:
            while True:
                packets.append(tap.recv(65535))
        except BlockingIOError:
            pass

    def text(family, address, number):
        name = socket.inet_ntop(family, address)
        return f"[{name}]:{number}" if ":" in name else f"{name}:{number}"

    class Side:
        def __init__(self):
            self.initial, self.end, self.acked, self.fin, self.reset, self.answered = None, 1, 0, None, None, False

    connections = {}
    for index, packet in enumerate(packets):
        if packet[0] >> 4 == 4:
            family, protocol, begin, total = socket.AF_INET, packet[9], (packet[0] & 15) * 4, struct.unpack("!H", packet[2:4])[0]
            addresses = packet[12:16], packet[16:20]
        else:
            family, protocol, begin, total = socket.AF_INET6, packet[6], 40, 40 + struct.unpack("!H", packet[4:6])[0]
            addresses = packet[8:24], packet[24:40]
        if protocol != 6:
            continue
        source, destination, sequence, ack, offset, flags = struct.unpack("!HHIIBB", packet[begin:begin + 14])
        length = total - begin - (offset >> 4) * 4
        ends = text(family, addresses[0], source), text(family, addresses[1], destination)
        fin, syn, reset, acks = flags & 1, flags & 2, flags & 4, flags & 16
        if syn and not acks and ends not in connections:
            connections[ends] = (Side(), Side())
        isClient = ends in connections
        client, server = connections[ends if isClient else ends[::-1]]
        mine, other = (client, server) if isClient else (server, client)
        if syn and mine.initial is None:
            mine.initial = sequence
        if acks and not reset and other.initial is not None:
            other.acked = max(other.acked, (ack - other.initial) & 0xffffffff)
            mine.answered = True
        if reset:
            mine.reset = mine.reset or index + 1
            mine.gone = all(side.fin and side.acked > side.fin[1] for side in (client, server))
            continue
        start = 0 if mine.initial is None else (sequence - mine.initial) & 0xffffffff
        if length:
            mine.end = max(mine.end, start + length)
        if fin and not mine.fin:
            mine.fin = index + 1, start + length, (ack - other.initial) & 0xffffffff

    def told(ends, client, server):
        marks = [min([mark for mark in (side.fin and side.fin[0], side.reset) if mark], default=None) for side in (client, server)]
        if marks == [None, None]:
            first = "none"
        elif None in marks:
            first = "client" if marks[0] else "server"
        else:
            first = "client" if marks[0] < marks[1] else "server"
            one, two = (client, server) if first == "client" else (server, client)
            if one.fin and two.fin and max(marks) == two.fin[0] and min(marks) == one.fin[0] and two.fin[2] <= one.fin[1]:
                first = "both"
        resets = [side for side in (client, server) if side.reset]
        if resets and server.initial is None:
            ending = "refused"
        elif resets and not min(resets, key=lambda side: side.reset).gone:
            ending = "rst"
        elif all(side.fin and side.acked > side.fin[1] for side in (client, server)):
            ending = "fin"
        else:
            ending = "open"
        return {"client": ends[0], "server": ends[1], "firstToClose": first, "ending": ending,
                "bytes": {"client": client.end - 1, "server": server.end - 1}}

    with open(sys.argv[1], "w") as file:
        json.dump([told(ends, *sides) for ends, sides in connections.items()], file)
    """

/// Whether hosts can be made here: whoever makes network namespaces and TUN devices must be root.
let canRunTrials = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0
