#!/usr/bin/env python3
"""Measures chat-server beside a minimal C epoll server; README.md says what the figures mean."""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import platform
import re
import resource
import select
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = "c-epoll"
PAYLOAD = 32
LOADS = {  # name: the mode of load.c, connections, and for churn who ends each conversation
    "persistent-1": ("persistent", 1),
    "persistent-64": ("persistent", 64),
    "persistent-512": ("persistent", 512),
    "client-first": ("churn", 64, "client-first"),
    "server-first": ("churn", 64, "server-first"),
    "reset": ("churn", 64, "reset"),
}
NAMES = [*LOADS, "idle", "startup"]


class Failure(Exception):
    """A run that says nothing about speed."""


class Laboratory:
    """Runs one server and one load, each on a CPU of its own, in a network that holds nothing else."""

    def __init__(self, load, cpus):
        self.load = load
        self.server_cpu, self.load_cpu = map(str, cpus)
        privileged = subprocess.run(["unshare", "--net", "true"], stderr=subprocess.DEVNULL).returncode == 0
        self.isolate = ["unshare", "--net", *([] if privileged else ["--user", "--map-root-user"])]
        self.join = ["--net", *([] if privileged else ["--user", "--preserve-credentials"])]

    @contextlib.contextmanager
    def server(self, command):
        """Yields the server's process id and port. The server does not outlive the block, nor this process."""
        start = f'ip link set lo up && exec setpriv --pdeathsig KILL taskset --cpu-list {self.server_cpu} "$@"'
        isolated = [*self.isolate, "sh", "-c", start, "sh", *command]
        with subprocess.Popen(isolated, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
            try:
                ready, _, _ = select.select([process.stdout], [], [], 10)
                line = process.stdout.readline() if ready else ""
                if not line.startswith("listening on "):
                    raise Failure(f"{shlex.join(command)}: not listening, but {line!r}")
                yield process.pid, line.strip().rpartition(":")[2]
                if process.poll() is not None:
                    raise Failure(f"{shlex.join(command)}: ended with {process.returncode} under load")
            finally:
                process.kill()

    def load_command(self, pid, *arguments):
        pinned = ["taskset", "--cpu-list", self.load_cpu, self.load, *map(str, arguments)]
        return ["nsenter", f"--target={pid}", *self.join, *pinned]

    def under_load(self, command, seconds, mode, connections, *ending):
        with self.server(command) as (pid, port):
            before = cpu_nanoseconds(pid)
            load = self.load_command(pid, mode, port, connections, seconds, PAYLOAD, *ending)
            done = subprocess.run(load, stdout=subprocess.PIPE, text=True, timeout=seconds + 30)
            spent = cpu_nanoseconds(pid) - before
        if done.returncode != 0 or (run := json.loads(done.stdout))["operations"] == 0:
            raise Failure(f"{shlex.join(command)}: no answers under {shlex.join(load)}")
        run["perSecond"] = run["operations"] / run["seconds"]
        run["cpuMicroseconds"] = spent / 1000 / run["operations"]
        return run

    def idle(self, command, count):
        with self.server(command) as (pid, port):
            first = self.load_command(pid, "idle", port, 1)
            subprocess.run(first, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=30)
            before = resident_bytes(pid)
            crowd = self.load_command(pid, "idle", port, count)
            load = subprocess.Popen(crowd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            with load:  # which closes its standard input, and so ends it
                ready, _, _ = select.select([load.stdout], [], [], 60)
                if not ready or load.stdout.readline() != "ready\n":
                    load.kill()
                    raise Failure(f"{shlex.join(command)}: did not answer {count} conversations")
                after = resident_bytes(pid)
        return {"bytesPerConversation": (after - before) / count}


def cpu_nanoseconds(pid):
    """CPU time of all threads, past ones included: the clock that clock_getcpuclockid(3) names."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def resident_bytes(pid):
    """Counted page by page; VmRSS in /proc/PID/status may lag by some pages on each CPU."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss: +(\d+) kB", rollup, re.MULTILINE)[1]) * 1024


def ticks():
    """All CPU ticks of this machine so far, and those of them that a hypervisor gave to others (proc_stat(5))."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split()[1:9]]
    return sum(fields), fields[7]


def startup_milliseconds(command):
    """From fork to exit, in this process's eyes: compare with the row for `true`."""
    times = []
    for _ in range(30):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - start) * 1000)
    return times


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ["server", "client"]:
        parser.add_argument(f"--{program}", type=pathlib.Path, metavar="PATH", help="default: %(default)s",
                            default=HERE.parent / ".build" / "release" / f"chat-{program}")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND", help="one more server; README.md")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--repetitions", type=int, default=20, metavar="R", help="default: 20")
    parser.add_argument("--seconds", type=float, default=0.5, metavar="S", help="of load each time, default: 0.5")
    parser.add_argument("--idle", type=int, default=10_000, metavar="N", help="default: 10000, as descriptors allow")
    parser.add_argument("--cpus", nargs=2, type=int, metavar=("SERVER", "LOAD"), default=sorted(os.sched_getaffinity(0))[:2])
    parser.add_argument("--quick", action="store_true", help="2 repetitions of 0.3 s, 1000 idle: does it work at all?")
    parser.add_argument("--markdown", action="store_true", help="print tables for README.md")
    parser.add_argument("--json", type=argparse.FileType("w"), metavar="FILE", help="write every single run there")
    options = parser.parse_args()
    if options.quick:
        options.repetitions, options.seconds, options.idle = 2, 0.3, 1000
    if len(options.cpus) != 2:
        parser.error("two CPUs are needed, one for the server and one for the load")
    if options.repetitions < 1 or options.seconds <= 0 or options.idle < 1:
        parser.error("repetitions, seconds and idle conversations must be positive")
    return options


def build(folder):
    for source in [HERE / "load.c", HERE / "peers" / "epoll.c"]:
        subprocess.run(["cc", "-std=gnu17", "-O2", "-Wall", "-Wextra", source, "-o", folder / source.stem], check=True)


def peers(options, epoll):
    swift = [str(options.server), *shlex.split("--host 127.0.0.1 --port 0 --answer echo --loops 1 --log-level error")]
    wanted = {REFERENCE: [epoll, "0"], "chat-server": [*swift, "--max-clients", str(options.idle + 1000)]}
    for peer in options.peer:
        name, _, command = peer.partition("=")
        wanted[name] = shlex.split(command.replace("{epoll}", epoll))
    absent = [name for name, command in wanted.items() if not command or not shutil.which(command[0])]
    return {name: command for name, command in wanted.items() if name not in absent}, absent


def measure(options, laboratory, present):
    """Every server takes its turn in every repetition, in rotating order: a drift of the machine hits all alike."""
    runs = collections.defaultdict(list)
    for name in [name for name in NAMES[:-1] if name in options.only]:
        count = min(3, options.repetitions) if name == "idle" else options.repetitions
        for repetition in range(count):
            turn = repetition % len(present)
            for peer in [*present][turn:] + [*present][:turn]:
                print(f"{name} {repetition + 1}/{count} {peer}", file=sys.stderr)
                runs[name, peer].append(laboratory.idle(present[peer], options.idle) if name == "idle" else
                                        laboratory.under_load(present[peer], options.seconds, *LOADS[name]))
    return runs


def table(header, rows, markdown):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [header, *rows]]
    if markdown:
        lines = ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines) + "\n"


def load_table(runs, present, markdown):
    header = ["load", "server", "per second", "ratio", "CPU µs each", "ratio", "its range", "p50 µs", "p99 µs", "errors"]
    rows = []
    for name, peer in [(name, peer) for name in LOADS for peer in present if (name, peer) in runs]:
        mine, reference = runs[name, peer], runs[name, REFERENCE]
        middle = {key: statistics.median(run[key] for run in mine) for key in mine[0] if isinstance(mine[0][key], float)}
        speed = [run["perSecond"] / other["perSecond"] for run, other in zip(mine, reference)]
        cpu = [run["cpuMicroseconds"] / other["cpuMicroseconds"] for run, other in zip(mine, reference)]
        errors = sum((collections.Counter(run["errors"]) for run in mine), collections.Counter())
        rows.append([name, peer, f"{middle['perSecond']:,.0f}", f"{statistics.median(speed):.2f}",
                     f"{middle['cpuMicroseconds']:.2f}", f"{statistics.median(cpu):.2f}", f"{min(cpu):.2f}-{max(cpu):.2f}",
                     f"{middle['p50Microseconds']:.0f}", f"{middle['p99Microseconds']:.0f}",
                     ", ".join(f"{count} {error}" for error, count in errors.items()) or "none"])
    if rows:
        yield table(header, rows, markdown)


def other_tables(options, runs, present, times):
    idle = {peer: statistics.median(run["bytesPerConversation"] for run in runs["idle", peer])
            for peer in present if ("idle", peer) in runs}
    if idle:
        rows = [[peer, f"{size:,.0f}"] for peer, size in idle.items()]
        yield table(["server", f"bytes resident per conversation, {options.idle:,} idle"], rows, options.markdown)
    if times:
        rows = [[name, f"{statistics.median(values):.1f}", f"{min(values):.1f}"] for name, values in times.items()]
        yield table(["start-up to exit", "median ms of 30", "lowest ms"], rows, options.markdown)


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the children inherit it
    options.idle = min(options.idle, hard - 500 if hard != resource.RLIM_INFINITY else options.idle)
    with tempfile.TemporaryDirectory() as folder:
        build(pathlib.Path(folder))
        present, absent = peers(options, f"{folder}/epoll")
        total, stolen = ticks()
        runs = measure(options, Laboratory(f"{folder}/load", options.cpus), present)
        total, stolen = (now - before for now, before in zip(ticks(), (total, stolen)))
    times = {}
    if "startup" in options.only:
        times["true"] = startup_milliseconds(["true"])
        if shutil.which(options.client):
            times["chat-client --version"] = startup_milliseconds([options.client, "--version"])
        else:
            absent.append("chat-client")
    machine = f"Linux {platform.release()}, {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}, {100 * stolen / max(total, 1):.1f} % of their time taken by other guests.")
    print(f"{options.repetitions} repetitions of {options.seconds:g} s, {PAYLOAD}-byte questions, medians."
          f" Absent: {', '.join(absent) or 'none'}.\n")
    print("\n".join([*load_table(runs, present, options.markdown), *other_tables(options, runs, present, times)]), end="")
    if options.json:
        every = [{"measurement": name, "server": peer, "runs": values} for (name, peer), values in runs.items()]
        json.dump({"machine": machine, "measurements": every, "startupMilliseconds": times}, options.json, indent=1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (Failure, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"measure.py: {error}")
