#!/usr/bin/env python3
"""Measures chat-server beside other servers of the same frames; README.md says what the figures mean."""
import argparse
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

import tables
from laboratory import PAYLOAD, Failure, Laboratory, startup_milliseconds, ticks
from loads import LOADS
from servers import REFERENCE, Missing, build, present_and_absent
from turns import Session, planned

HERE = pathlib.Path(__file__).resolve().parent
NAMES = [*LOADS, "idle", "yardstick", "startup"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ["server", "client", "load"]:
        parser.add_argument(f"--{program}", type=lambda path: pathlib.Path(path).absolute(), metavar="PATH", help="default: %(default)s",
                            default=HERE.parent / ".build" / "release" / f"chat-{program}")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND", help="one more server; README.md")
    parser.add_argument("--servers", nargs="+", default=[], metavar="NAME", help="these, the reference and every --peer; default: all")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--repetitions", type=int, default=10, metavar="R", help="default: 10; the dear loads have fewer")
    parser.add_argument("--seconds", type=float, default=0.5, metavar="S", help="of load each time, default: 0.5")
    parser.add_argument("--idle", type=int, default=10_000, metavar="N", help="default: 10000, as descriptors allow")
    parser.add_argument("--minutes", type=float, default=20, metavar="M", help="stop after that long, with what there is; default: 20")
    parser.add_argument("--cpus", nargs=2, type=int, metavar=("SERVER", "LOAD"), default=sorted(os.sched_getaffinity(0))[:2])
    parser.add_argument("--quick", action="store_true", help="once, 0.2 s, 1000 idle: does it work at all?")
    parser.add_argument("--markdown", action="store_true", help="print tables for README.md")
    parser.add_argument("--json", type=argparse.FileType("w"), metavar="FILE", help="write every single run there")
    options = parser.parse_args()
    if options.quick:
        options.repetitions, options.seconds, options.idle = 1, 0.2, 1000
    if len(options.cpus) != 2:
        parser.error("two CPUs are needed, one for the server and one for the load")
    if options.repetitions < 1 or not options.seconds > 0 or options.idle < 1 or not options.minutes > 0:
        parser.error("repetitions, seconds, minutes and idle conversations must be positive")
    if not shutil.which(options.load):
        parser.error(f"{options.load} is missing: swift build -c release")
    return options


def action(options, laboratory, present):
    """What a turn does."""
    def do(turn):
        if turn.measurement == "idle":
            return laboratory.idle(present[turn.who], options.idle)
        name = turn.measurement.removeprefix("yardstick ")
        if name == turn.measurement:
            server, by_load_c = present[turn.who], False
        else:
            server, by_load_c = present[REFERENCE], turn.who == "load.c"
        return laboratory.under_load(server, options.seconds * LOADS[name].times, LOADS[name], by_load_c)
    return do


def startup(options, absent):
    if "startup" not in options.only:
        return {}
    times = {"true": startup_milliseconds(["true"])}
    if shutil.which(options.client):
        times["chat-client --version"] = startup_milliseconds([options.client, "--version"])
    else:
        absent.append("chat-client")
    return times


def report(options, session, present, absent, stolen, load_before, times):
    machine = f"Linux {platform.release()}, {platform.machine()}, {os.cpu_count()} CPUs"
    load_after = os.getloadavg()[0]
    print(f"{machine}; load average {load_before:.1f} before and {load_after:.1f} after; {100 * stolen:.1f} % of the time "
          "taken by other guests.")
    print(f"{options.seconds:g} s each time, {PAYLOAD}-byte questions; medians of the runs, and in brackets the lowest and "
          "the highest.")
    print(f"Absent: {', '.join(absent) or 'none'}.")
    if session.left:
        print(f"Ended early: {session.left} of {len(session.turns)} turns were not taken.")
    for failure in session.failures:
        print(f"Failed: {failure}.")
    print()
    made = [*tables.load_table(session.runs, present, options.markdown),
            *tables.growth_table(session.runs, present, options.markdown),
            *tables.loops_table(session.runs, options.markdown),
            *tables.idle_table(session.runs, present, options.idle, options.markdown),
            *tables.yardstick_table(session.runs, options.markdown), *tables.startup_table(times, options.markdown)]
    print("\n".join(made), end="")
    if options.json:
        every = [{"measurement": name, "by": who, "runs": [{"repetition": turn + 1, **run} for turn, run in runs.items()]}
                 for (name, who), runs in session.runs.items()]
        json.dump({"machine": machine, "loadBefore": load_before, "loadAfter": load_after, "absent": absent,
                   "failures": session.failures, "measurements": every, "startupMilliseconds": times}, options.json, indent=1)


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the children inherit it
    options.idle = min(options.idle, hard - 500 if hard != resource.RLIM_INFINITY else options.idle)
    interrupted = False
    with tempfile.TemporaryDirectory() as folder:
        load_c, epoll = build(pathlib.Path(folder))
        present, absent = present_and_absent(options, pathlib.Path(folder), epoll)
        laboratory = Laboratory(options.load, load_c, options.cpus)
        turns = [*planned(options.only, options.repetitions, present)]
        session = Session(turns, options.seconds, options.minutes * 60, action(options, laboratory, present))
        load_before = os.getloadavg()[0]
        print(f"{', '.join(present)}: {session.announcement()}. Load average {load_before:.1f}."
              f" Absent: {', '.join(absent) or 'none'}.", file=sys.stderr)
        all_before, stolen_before = ticks()
        try:
            session.run()
        except KeyboardInterrupt:   # what was measured until then is shown
            interrupted = True
        all_after, stolen_after = ticks()
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
    times = {} if interrupted else startup(options, absent)
    stolen = (stolen_after - stolen_before) / max(all_after - all_before, 1)
    report(options, session, present, absent, stolen, load_before, times)
    return 130 if interrupted else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (Failure, Missing, LookupError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"measure.py: {error}")
