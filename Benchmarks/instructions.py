#!/usr/bin/env python3
"""Counts the instructions that a chat-server spends in user space on an answer, and on a conversation.

    python3 Benchmarks/instructions.py .build/release/chat-server [ANOTHER...]

Each runs under valgrind's callgrind, once for a few operations and once for many; the difference, divided by the operations
between, leaves out how it starts and ends. The load is a script that waits for each answer, so that the same events come each
time: repeated runs differ by less than one in a hundred. What the kernel does is not counted.
"""
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

TEXT = b"abcdefghijklmnopqrstuvwxyzabcdef"
QUESTION = struct.pack(">IB", len(TEXT) + 1, 1) + TEXT
EXIT = struct.pack(">IB", 1, 3)


def connect(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def receive(client, count):
    while count:
        chunk = client.recv(count)
        if not chunk:
            sys.exit("the server closed the connection")
        count -= len(chunk)


def persistent(port, count, connections):
    """Answers, on connections that stay."""
    clients = [connect(port) for _ in range(connections)]
    for _ in range(count // connections):
        for client in clients:
            client.sendall(QUESTION)
        for client in clients:
            receive(client, len(QUESTION))
    for client in clients:
        client.close()


def client_first(port, count):
    """Conversations of one question each, one after the other; the exit and the client's FIN are one segment."""
    for _ in range(count):
        client = connect(port)
        client.sendall(QUESTION)
        receive(client, len(QUESTION))
        client.send(EXIT, socket.MSG_MORE)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
        client.close()


LOADS = {
    "persistent-1": (lambda port, count: persistent(port, count, 1), 1280, 11_520),
    "persistent-64": (lambda port, count: persistent(port, count, 64), 1280, 11_520),
    "client-first": (client_first, 500, 2500),
}


def instructions(program, load, count):
    """Of one whole run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "--answer", "echo", "--port", "0",
               "--log-level", "error"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        line = server.stdout.readline()
        if not line:
            sys.exit(server.communicate()[1])
        try:
            load(int(line.rsplit(":", 1)[1]), count)
        finally:
            server.send_signal(signal.SIGTERM)
        log = server.communicate(timeout=120)[1]
    return int(re.search(r"Collected : (\d+)", log)[1])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing: apt-get install valgrind")
    with tempfile.TemporaryDirectory() as folder:
        for number, program in enumerate(sys.argv[1:]):
            # Valgrind 3.19 gives up on the debugging information of Swift.
            copy = pathlib.Path(folder, f"{number}")
            subprocess.run(["strip", "-g", "-o", copy, program], check=True)
            for name, (load, few, many) in LOADS.items():
                each = (instructions(copy, load, many) - instructions(copy, load, few)) / (many - few)
                print(f"{program}  {name}  {each:,.0f} instructions each", flush=True)


if __name__ == "__main__":
    main()
