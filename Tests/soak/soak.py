#!/usr/bin/env python3
"""Attacks a chat-server for a long time, and looks whether anything of it stays.

    soak.py CHAT-SERVER [--seconds 600] [--answer echo|exec]

Hostile clients of every kind come and go while a good one asks one question at a time. Printed at the end: descriptors,
threads, processes and memory before and after, and how long the good client waited. Exit status 1 where something has
stayed, or the good client was not served well.
"""
import argparse
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

BAD_TIMES = (OSError, EOFError)


def frame(kind, body=b""):
    return struct.pack(">IB", 1 + len(body), kind) + body


def read_frame(client):
    def take(count):
        data = b""
        while len(data) < count:
            piece = client.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data
    return take(struct.unpack(">I", take(4))[0])


class Attack:
    """Kinds of hostile clients; each method is the life of one."""

    def __init__(self, port):
        self.port = port
        self.until = 0.0
        self.lives = {}

    def connect(self, address=None, receive_buffer=None):
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if address:
            client.bind((address, 0))
        client.settimeout(5)
        client.connect(("127.0.0.1", self.port))
        return client

    def comes_and_goes(self):
        self.connect().close()

    def resets(self):
        client = self.connect()
        client.sendall(frame(1, b"question")[: random.randrange(1, 13)])
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    def garbage(self):
        with self.connect() as client:
            client.sendall(os.urandom(5000))

    def huge_length(self):
        with self.connect() as client:
            client.sendall(b"\xff\xff\xff\xff\x01")
            read_frame(client)

    def byte_by_byte(self):
        with self.connect() as client:
            for byte in frame(1, b"x" * 1000)[: random.randrange(5, 60)]:
                client.sendall(bytes([byte]))
                time.sleep(0.02)

    def asks_and_leaves(self):
        with self.connect() as client:
            client.sendall(frame(1, b"nobody waits for this"))

    def asks_ahead(self):
        with self.connect() as client:
            client.sendall(frame(1, b"ahead") * 2000)
            for _ in range(2000):
                read_frame(client)

    def does_not_read(self):
        with self.connect(receive_buffer=4096) as client:
            client.setblocking(False)
            data = frame(1, b"x" * 6000) * 20
            end = min(time.time() + 2, self.until)
            while time.time() < end:
                try:
                    data = data[client.send(data):] or frame(1, b"x" * 6000) * 20
                except BlockingIOError:
                    time.sleep(0.05)

    def half_closes(self):
        with self.connect() as client:
            client.sendall(frame(1, b"half"))
            client.shutdown(socket.SHUT_WR)
            while client.recv(1000):
                pass

    def is_not_allowed(self):
        with self.connect(address="127.0.0.9") as client:
            read_frame(client)

    def silent(self):
        with self.connect():
            time.sleep(random.random())

    def run(self, kind):
        count = 0
        while time.time() < self.until:
            try:
                getattr(self, kind)()
            except BAD_TIMES:
                pass
            count += 1
            time.sleep(0.002)
        self.lives[kind] = self.lives.get(kind, 0) + count

    KINDS = ["comes_and_goes", "resets", "garbage", "huge_length", "byte_by_byte", "asks_and_leaves", "asks_ahead",
             "does_not_read", "half_closes", "is_not_allowed", "silent"]


def state(process):
    folder = f"/proc/{process}"
    status = dict(line.split(":", 1) for line in open(folder + "/status"))
    return {
        "descriptors": len(os.listdir(folder + "/fd")),
        "threads": int(status["Threads"]),
        "processes": sum(len(open(f"{folder}/task/{t}/children").read().split()) for t in os.listdir(folder + "/task")),
        "memory KiB": int(status["VmRSS"].split()[0]),
    }


def good_client(port, until, times, troubles):
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    number = 0
    while time.time() < until:
        question = str(number).encode()
        start = time.perf_counter()
        try:
            client.sendall(frame(1, question))
            answer = read_frame(client)
        except BAD_TIMES as error:
            troubles.append(repr(error))
            return
        times.append(time.perf_counter() - start)
        if answer != b"\x02" + question:
            troubles.append(f"{question} was answered by {answer[:60]}")
        number += 1
        time.sleep(0.005)
    client.close()


def attack(port, seconds):
    """For so long; returns how long the good client waited each time, its troubles, and how many hostile lives there were."""
    attack, times, troubles = Attack(port), [], []
    attack.until = time.time() + seconds
    threads = [threading.Thread(target=attack.run, args=(kind,), daemon=True) for kind in Attack.KINDS]
    threads.append(threading.Thread(target=good_client, args=(port, attack.until, times, troubles), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    return sorted(times), troubles, attack.lives


def settled(process, before, within=20):
    """The state once it is as before, or when the time is over."""
    end = time.time() + within
    while True:
        now = state(process)
        same = all(now[name] == before[name] for name in ("descriptors", "threads", "processes"))
        if same or time.time() > end:
            return now, same
        time.sleep(0.2)


def soak(server, answer, seconds, folder):
    # Without a newline at its end the log would be one that nobody reads.
    log = open(folder + "/log", "wb")
    command = [server, "--port", "0", "--answer", "exec:exec cat" if answer == "exec" else "echo", "--allow", "127.0.0.1",
               "--transcript", folder + "/transcript.jsonl", "--idle-timeout", "5", "--max-clients", "200"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
    port = int(process.stdout.readline().decode().rsplit(":", 1)[1])
    # What is made once, with the first clients, belongs to the state before.
    attack(port, min(5, seconds / 4))
    time.sleep(6)
    before = state(process.pid)
    times, troubles, lives = attack(port, seconds)
    after, same = settled(process.pid, before)
    process.send_signal(signal.SIGTERM)
    status = process.wait(20)
    return before, after, same, times, troubles, lives, status


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", metavar="CHAT-SERVER")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--answer", choices=["echo", "exec"], default="echo")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = soak(options.server, options.answer, options.seconds, folder)
        log_size = os.path.getsize(folder + "/log")
        whole = all(json.loads(line) for line in open(folder + "/transcript.jsonl", "rb"))
    before, after, same, times, troubles, lives, status = result
    for name in before:
        print(f"{name:12} {before[name]:>10,} before {after[name]:>10,} after")
    print("hostile clients:", ", ".join(f"{kind} {count:,}" for kind, count in sorted(lives.items())))
    at = lambda share: times[int(len(times) * share)] * 1000
    print(f"good client: {len(times):,} answers, p50 {at(0.5):.2f} ms, p99 {at(0.99):.2f} ms, longest {times[-1] * 1000:.1f} ms")
    print(f"log: {log_size:,} bytes; exit status {status}")
    grown = after["memory KiB"] - before["memory KiB"]
    faults = troubles + ([] if same else ["not the same as before"]) + ([] if grown < 32 * 1024 else [f"{grown:,} KiB more"])
    faults += ([] if status == 0 else [f"exit status {status}"]) + ([] if whole else ["the transcript is torn"])
    faults += [] if at(0.99) < 500 else ["the good client had to wait"]
    for fault in faults:
        print("FAULT:", fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
