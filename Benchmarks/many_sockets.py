#!/usr/bin/env python3
"""Runs a command three times in a network namespace of its own that holds many sockets, and says how long it took.

    python3 Benchmarks/many_sockets.py COUNT COMMAND...

The sockets are both ends of connections over loopback, all ESTABLISHED. It needs root. Processes hold them, each as many as it
may have descriptors.
"""
import fcntl
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time


def hold(number, connections, ready):
    """In a child: so many connections to a listener of its own, from an address of its own."""
    listener = socket.create_server((f"127.1.{number}.1", 9000), backlog=1024)
    held = []
    for _ in range(connections):
        client = socket.socket()
        client.bind((f"127.2.{number}.1", 0))
        client.connect(listener.getsockname())
        held += [client, listener.accept()[0]]
    os.write(ready, b"+")
    signal.pause()


def main():
    if len(sys.argv) < 3 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    if "MANY_SOCKETS" not in os.environ:
        os.execvpe("unshare", ["unshare", "--net", sys.executable, *sys.argv], {**os.environ, "MANY_SOCKETS": "1"})
    # SIOCSIFFLAGS with IFF_UP (netdevice(7)).
    fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 1))
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
        file.write("1024 65535")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = min(30_000, (hard - 100) // 2 if hard != resource.RLIM_INFINITY else 30_000)
    left, children, (reading, ready) = int(sys.argv[1]) // 2, [], os.pipe()
    try:
        while left > 0:
            connections = min(left, most)
            left -= connections
            if child := os.fork():
                children.append(child)
            else:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                hold(len(children), connections, ready)
        os.close(ready)
        for _ in children:
            if not os.read(reading, 1):
                sys.exit("the sockets could not be made")
        for _ in range(3):
            start = time.perf_counter()
            done = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL)
            took = time.perf_counter() - start
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{took:.2f} s, at most {memory:.0f} MiB, exit status {done.returncode}", flush=True)
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)


if __name__ == "__main__":
    main()
