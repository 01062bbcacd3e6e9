#!/usr/bin/env python3
"""What the laboratory costs: processor time of the matrix, against the same conversations without a laboratory.

    python3 Benchmarks/matrix_cost.py .build/release --runs 3

Both run the same executables with the same flags, so the ratio says what hosts, wire, traces and looks at the sockets
cost. Bare, the clients run one after the other, over the loopback interface of a network namespace made for them. Times are user and system time of all processes, as wait4(2) adds them up.
"""
import argparse
import itertools
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

INPUT = b"ping\nexit\n"


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def matrix(programs, folder):
    subprocess.run([programs / "chat-lab", "run", "implicit-*", "explicit-*", "--output", folder], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def server_arguments(cell):
    return ["--answer", "echo", "--close", cell["serverClose"], *(["--padding", str(cell["padding"])] * (cell["padding"] > 0))]


def client_arguments(cell, number, is_first):
    arguments = ["--no-history", "--close", cell["close"] if is_first else "active", "--close-delay", "400",
                 "--close-timeout", "10" if cell["serverClose"] == "first" else "0.4", "--connect-timeout", "5"]
    if cell["bind"] == "explicit":
        arguments += ["--local-port", str(50001 + number)]
    if cell["reuseAddress"] in ("both", "old" if is_first else "new"):
        arguments.append("--reuse-address")
    return arguments


def bare(programs, cells):
    """Each server serves all cells that want its flags, as in the laboratory."""
    def host(cell):
        return "127.0.0.1" if cell["family"] == 4 else "::1"

    def server(cell):
        return [programs / "chat-server", "--host", host(cell), *server_arguments(cell)]

    numbered = sorted(enumerate(cells), key=lambda entry: server(entry[1]))
    for command, group in itertools.groupby(numbered, key=lambda entry: server(entry[1])):
        listening = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        listening.stdout.readline()
        for number, cell in group:
            for is_first in (True, False):
                client = [programs / "chat-client", "--host", host(cell), *client_arguments(cell, number, is_first)]
                subprocess.run(client, input=INPUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        listening.terminate()
        listening.communicate()


def measure(work):
    before = processor_seconds()
    work()
    return processor_seconds() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path, help="the folder of the executables")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    programs = options.programs.resolve()
    if os.environ.get("IN_NETWORK") != "1":
        # The bare conversations must find no TIME-WAIT of anybody else's, and leave theirs to nobody.
        here = ["unshare", "--net", sys.executable, *sys.argv]
        os.execvpe(here[0], here, {**os.environ, "IN_NETWORK": "1"})
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.runs):
            laboratory = measure(lambda: matrix(programs, folder))
            cells = json.loads((pathlib.Path(folder) / "report.json").read_text())["cells"]
            alone = measure(lambda: bare(programs, cells))
            ratios.append(laboratory / alone)
            print(f"{len(cells)} cells: laboratory {laboratory:.1f} s, bare {alone:.1f} s, ratio {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
