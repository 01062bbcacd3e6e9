#!/usr/bin/env python3
"""How fast, and in how much memory, `chat-lab read` reads many short connections: usage: many_connections.py CHAT-LAB

It makes captures of connections of nine segments each, and measures beside it what else is installed: tshark's list of
conversations, and tcpdump, which only copies. The lowest of five runs stands for each; of the large capture, of two.
"""
import os, shutil, struct, subprocess, sys, tempfile, time

if len(sys.argv) != 2:
    sys.exit(__doc__)
LAB = sys.argv[1]

SYN, ACK, PSH, FIN = 2, 16, 8, 1
# Who sends, the flags, the bytes of payload, and what was sent and acknowledged before it.
SEGMENTS = [
    ("client", SYN, 0, 0, 0), ("server", SYN | ACK, 0, 0, 1), ("client", ACK, 0, 1, 1), ("client", PSH | ACK, 10, 1, 1),
    ("server", PSH | ACK, 20, 1, 11), ("client", FIN | ACK, 0, 11, 21), ("server", ACK, 0, 21, 12),
    ("server", FIN | ACK, 0, 21, 12), ("client", ACK, 0, 12, 22),
]


def write(path, connections, per_second):
    """One connection after the other, each from a client's port that was not used before, or not for long."""
    with open(path, "wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number in range(connections):
            client, port = 0xC0000201 + number // 60000, 1025 + number % 60000
            for place, (sender, flags, payload, sequence, acknowledgement) in enumerate(SEGMENTS):
                mine, theirs = (1000, 90000) if sender == "client" else (90000, 1000)
                ends = (client, 0xC0000202, port, 80) if sender == "client" else (0xC0000202, client, 80, port)
                length = 40 + payload
                packet = struct.pack("!BBHHHBBHII", 0x45, 0, length, 0, 0x4000, 64, 6, 0, ends[0], ends[1])
                packet += struct.pack("!HHIIBBHHH", ends[2], ends[3], mine + sequence,
                                      theirs + acknowledgement if flags & ACK else 0, 0x50, flags, 64000, 0, 0)
                microseconds = number * 1_000_000 // per_second + place
                file.write(struct.pack("<IIII", 1_700_000_000 + microseconds // 1_000_000, microseconds % 1_000_000,
                                       length, length) + packet + b"x" * payload)


def measure(command, runs):
    """The lowest time in seconds, and the most memory in MB."""
    best, memory = None, 0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{command[0]} failed")
        best = taken if best is None else min(best, taken)
        memory = max(memory, usage.ru_maxrss / 1024)
    return best, memory


def row(name, command, runs=5):
    if shutil.which(command[0]):
        seconds, memory = measure(command, runs)
        print(f"| {name} | {seconds:.2f} | {memory:.0f} |", flush=True)


with tempfile.TemporaryDirectory() as folder:
    few, many = f"{folder}/few.pcap", f"{folder}/many.pcap"
    write(few, 40_000, 4_000)
    write(many, 1_000_000, 20_000)
    print("| | seconds | MB |\n|---|---:|---:|")
    row("40,000 connections: chat-lab read", [LAB, "read", few])
    row("the same, --format json", [LAB, "read", few, "--format", "json"])
    row("tshark -q -z conv,tcp", ["tshark", "-r", few, "-q", "-z", "conv,tcp"], 3)
    row("tcpdump -w /dev/null", ["tcpdump", "-r", few, "-w", "/dev/null"])
    row("1,000,000 connections, 20,000 a second: chat-lab read", [LAB, "read", many], 2)
    row("the same, --format json", [LAB, "read", many, "--format", "json"], 1)
