"""Runs to tables."""
import collections
import statistics

from loads import LOADS
from servers import REFERENCE

YARDSTICKS = ["load.c", "chat-load"]


def table(header, rows, markdown):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [header, *rows]]
    if markdown:
        lines = ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines) + "\n"


def medians(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]
            if isinstance(runs[0][key], (int, float)) and all(run.get(key) is not None for run in runs)}


def ratios(mine, reference, key):
    """Within each repetition, so that a machine that slows down slows both sides."""
    return [run[key] / other[key] for run, other in zip(mine, reference)]


def load_table(runs, present, markdown):
    header = ["load", "server", "per second", "ratio", "CPU µs each", "ratio", "its range", "p50 µs", "p99 µs", "ratio",
              "errors"]
    rows = []
    for name, peer in [(name, peer) for name in LOADS for peer in present if runs.get((name, peer))]:
        mine, reference = runs[name, peer], runs[name, REFERENCE]
        middle = medians(mine)
        speed, cpu, tail = (ratios(mine, reference, key) for key in ["perSecond", "cpuMicroseconds", "p99Microseconds"])
        errors = sum((collections.Counter(run["errors"]) for run in mine), collections.Counter())
        rows.append([name, peer, f"{middle['perSecond']:,.0f}", f"{statistics.median(speed):.2f}",
                     f"{middle['cpuMicroseconds']:.2f}", f"{statistics.median(cpu):.2f}", f"{min(cpu):.2f}-{max(cpu):.2f}",
                     f"{middle['p50Microseconds']:.0f}", f"{middle['p99Microseconds']:.0f}", f"{statistics.median(tail):.2f}",
                     ", ".join(f"{count} {error}" for error, count in errors.items()) or "none"])
    if rows:
        yield table(header, rows, markdown)


def yardstick_table(runs, markdown):
    rows = []
    for name, load in [(name, load) for name in LOADS for load in YARDSTICKS if runs.get((name, load))]:
        mine, reference = runs[name, load], runs[name, "load.c"]
        middle = medians(mine)
        rows.append([name, load, f"{middle['perSecond']:,.0f}", f"{statistics.median(ratios(mine, reference, 'perSecond')):.2f}",
                     f"{middle['p50Microseconds']:.0f}", f"{middle['p99Microseconds']:.0f}"])
    if rows:
        yield table(["load", "from", "per second", "ratio", "p50 µs", "p99 µs"], rows, markdown)


def other_tables(options, runs, present, times):
    idle = {peer: statistics.median(run["bytesPerConversation"] for run in runs["idle", peer])
            for peer in present if runs.get(("idle", peer))}
    if idle:
        rows = [[peer, f"{size:,.0f}"] for peer, size in idle.items()]
        yield table(["server", f"bytes resident per conversation, {options.idle:,} idle"], rows, options.markdown)
    if times:
        rows = [[name, f"{statistics.median(values):.1f}", f"{min(values):.1f}"] for name, values in times.items()]
        yield table(["start-up to exit", "median ms of 30", "lowest ms"], rows, options.markdown)
