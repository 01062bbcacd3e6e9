#!/usr/bin/env python3
"""Measures chat-server beside other servers of the same frames; README.md says what the figures mean."""
import argparse
import collections
import json
import os
import pathlib
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

from laboratory import PAYLOAD, Failure, Laboratory, startup_milliseconds, ticks
from loads import LOADS
from servers import REFERENCE, build, present_and_absent
from tables import YARDSTICKS, load_table, other_tables, yardstick_table

HERE = pathlib.Path(__file__).resolve().parent
NAMES = [*LOADS, "idle", "yardstick", "startup"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ["server", "client", "load"]:
        parser.add_argument(f"--{program}", type=pathlib.Path, metavar="PATH", help="default: %(default)s",
                            default=HERE.parent / ".build" / "release" / f"chat-{program}")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND", help="one more server; README.md")
    parser.add_argument("--servers", nargs="+", default=[], metavar="NAME", help="these, and the reference; default: all")
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
    if not shutil.which(options.load):
        parser.error(f"{options.load} is missing: swift build -c release")
    return options


def measure(options, laboratory, present):
    """Every server takes its turn in every repetition, in rotating order: a drift of the machine hits all alike."""
    runs = collections.defaultdict(list)
    for name in [name for name in [*LOADS, "idle"] if name in options.only]:
        count = min(3, options.repetitions) if name == "idle" else options.repetitions
        broken = set()
        for repetition in range(count):
            turn = repetition % len(present)
            for peer in [*present][turn:] + [*present][:turn]:
                if peer in broken:
                    continue
                print(f"{name} {repetition + 1}/{count} {peer}", file=sys.stderr)
                try:
                    runs[name, peer].append(laboratory.idle(present[peer], options.idle) if name == "idle" else
                                            laboratory.under_load(present[peer], options.seconds, LOADS[name]))
                except (Failure, subprocess.SubprocessError) as error:
                    # A peer that cannot bear a load is left out of that table; the two that matter have to.
                    if peer in [REFERENCE, "chat-server"]:
                        raise
                    print(f"measure.py: left out of {name}: {error}", file=sys.stderr)
                    broken.add(peer)
                    del runs[name, peer]
    return runs


def measure_yardstick(options, laboratory, reference):
    """chat-load beside load.c, both against the reference."""
    runs = collections.defaultdict(list)
    for name, load in LOADS.items():
        for repetition in range(options.repetitions):
            turn = repetition % 2
            for generator in YARDSTICKS[turn:] + YARDSTICKS[:turn]:
                print(f"yardstick {name} {repetition + 1}/{options.repetitions} {generator}", file=sys.stderr)
                runs[name, generator].append(
                    laboratory.under_load(reference, options.seconds, load, by_load_c=generator == "load.c"))
    return runs


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the children inherit it
    options.idle = min(options.idle, hard - 500 if hard != resource.RLIM_INFINITY else options.idle)
    with tempfile.TemporaryDirectory() as folder:
        load_c, epoll = build(pathlib.Path(folder))
        present, absent = present_and_absent(options, pathlib.Path(folder), epoll)
        laboratory = Laboratory(options.load, load_c, options.cpus)
        total, stolen = ticks()
        runs = measure(options, laboratory, present)
        yardstick = measure_yardstick(options, laboratory, present[REFERENCE]) if "yardstick" in options.only else {}
        total, stolen = (now - before for now, before in zip(ticks(), (total, stolen)))
    times = {}
    if "startup" in options.only:
        times["true"] = startup_milliseconds(["true"])
        if shutil.which(options.client):
            times["chat-client --version"] = startup_milliseconds([options.client, "--version"])
        else:
            absent.append("chat-client")
    machine = f"Linux {platform.release()}, {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}, {100 * stolen / max(total, 1):.1f} % of their time taken by other guests, load average "
          f"{os.getloadavg()[0]:.1f} at the end.")
    print(f"{options.repetitions} repetitions of {options.seconds:g} s, {PAYLOAD}-byte questions, medians."
          f" Absent: {', '.join(absent) or 'none'}.\n")
    tables = [*load_table(runs, present, options.markdown), *yardstick_table(yardstick, options.markdown),
              *other_tables(options, runs, present, times)]
    print("\n".join(tables), end="")
    if options.json:
        every = [{"measurement": name, "server": peer, "runs": values} for (name, peer), values in runs.items()]
        every += [{"measurement": f"yardstick {name}", "load": load, "runs": values}
                  for (name, load), values in yardstick.items()]
        json.dump({"machine": machine, "measurements": every, "startupMilliseconds": times}, options.json, indent=1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (Failure, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"measure.py: {error}")
