#!/usr/bin/env python3
"""What `chat-lab watch` costs: a C program opens and closes so many connections a second, in a network namespace of its own, and
`watch` sees them end, with the kernel's default buffers. It takes root.

    python3 Benchmarks/watch_cost.py .build/release/chat-lab [--rate 10000] [--seconds 10] [--repetitions 3]
"""
import argparse
import fcntl
import os
import pty
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

PORT = 1717


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab")
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--repetitions", type=int, default=3)
    options = parser.parse_args()
    if os.environ.get("IN_NAMESPACE") is None:
        os.execvpe("unshare", ["unshare", "--net", sys.executable, *sys.argv], os.environ | {"IN_NAMESPACE": "1"})
    prepare_network()
    with tempfile.TemporaryDirectory() as folder:
        churn = f"{folder}/churn"
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "churn.c")
        subprocess.run(["cc", "-O2", "-o", churn, source], check=True)
        print("| output | connections | a second | ended | lost events | of one core |\n|---|---:|---:|---:|---:|---:|")
        for kind in ["table", "text", "json"]:
            for _ in range(options.repetitions):
                measure(kind, churn, options)


def prepare_network():
    # SIOCSIFFLAGS with IFF_UP (netdevice(7)).
    import socket
    fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 1))
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
        file.write("2000 65000")


def measure(kind, churn, options):
    command = [os.path.abspath(options.lab), "watch", "--port", str(PORT)]
    read_end, write_end = pty.openpty() if kind == "table" else os.pipe()
    if kind == "table":
        fcntl.ioctl(write_end, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    arguments = [] if kind == "table" else ["--format", kind]
    errors = None if kind == "table" else subprocess.PIPE
    watch = subprocess.Popen(command + arguments, stdin=subprocess.DEVNULL, stdout=write_end, stderr=errors or write_end)
    os.close(write_end)
    output = bytearray()
    ready = threading.Event()
    reader = threading.Thread(target=drain, args=(read_end, output, ready))
    reader.start()
    if kind != "table":
        watch.stderr.readline()
    else:
        ready.wait()
    run = subprocess.run([churn, str(options.rate), str(options.seconds), str(PORT)], capture_output=True, text=True)
    usage_of_churn = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = int(run.stdout)
    time.sleep(1)
    watch.send_signal(signal.SIGINT)
    errors_text = watch.stderr.read().decode() if errors else ""
    watch.wait()
    reader.join()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The churn was waited for first: what came after it is the watch's.
    used = usage.ru_utime + usage.ru_stime - usage_of_churn.ru_utime - usage_of_churn.ru_stime
    text = output.decode(errors="replace") + errors_text
    ended = re.findall(r"([\d,]+) connections ended in [\d.]+ s[:.]", text)[-1]
    lost = re.search(r"([\d,]+) events were lost", text)
    print(f"| {kind} | {made:,} | {made / options.seconds:,.0f} | {ended} | {lost[1] if lost else 0} "
          f"| {used / options.seconds:.0%} |", flush=True)


def drain(descriptor, output, ready):
    while True:
        try:
            chunk = os.read(descriptor, 1 << 20)
        except OSError:
            return
        if not chunk:
            return
        output.extend(chunk)
        ready.set()


if __name__ == "__main__":
    main()
