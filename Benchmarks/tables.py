"""Runs to tables. Everywhere, `runs[measurement, server]` holds the runs by repetition."""
import collections
import statistics

from loads import LOADS, PERSISTENT
from servers import ONE_LOOP, REFERENCE, TWO_LOOPS

YARDSTICKS = ["load.c", "chat-load"]


def table(header, rows, markdown):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [header, *rows]]
    if markdown:
        lines = ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines) + "\n"


def median(runs, key):
    return statistics.median(run[key] for run in runs.values())


def spread(numbers, form):
    """The median with the lowest and the highest, or a dash where there is none."""
    numbers = list(numbers)
    if not numbers:
        return "-"
    if len(numbers) == 1:
        return format(numbers[0], form)
    return f"{statistics.median(numbers):{form}} ({min(numbers):{form}}-{max(numbers):{form}})"


def ratios(mine, reference, key):
    """Within each repetition, so that a machine that slows down slows both sides."""
    return [mine[turn][key] / reference[turn][key] for turn in mine if turn in reference and reference[turn][key]]


def ratio(mine, reference, key):
    return "1" if mine is reference else spread(ratios(mine, reference, key), ".2f")


def load_table(runs, present, markdown):
    header = ["load", "server", "runs", "per second", "ratio", "CPU µs each", "ratio", "p50 µs", "p99 µs", "ratio", "errors"]
    rows = []
    for name, peer in [(name, peer) for name in LOADS for peer in present if runs.get((name, peer))]:
        mine, reference = runs[name, peer], runs.get((name, REFERENCE), {})
        errors = sum((collections.Counter(run["errors"]) for run in mine.values()), collections.Counter())
        rows.append([name, peer, str(len(mine)),
                     f"{median(mine, 'perSecond'):,.0f}", ratio(mine, reference, "perSecond"),
                     f"{median(mine, 'cpuMicroseconds'):.2f}", ratio(mine, reference, "cpuMicroseconds"),
                     f"{median(mine, 'p50Microseconds'):.0f}",
                     f"{median(mine, 'p99Microseconds'):.0f}", ratio(mine, reference, "p99Microseconds"),
                     ", ".join(f"{count} {error}" for error, count in errors.items()) or "none"])
    if rows:
        yield table(header, rows, markdown)


def growth_table(runs, present, markdown):
    """From one connection to 10,000: what becomes of speed, CPU and tail."""
    loads = [name for name in PERSISTENT if any((name, peer) in runs for peer in present)]
    counts = [f"{LOADS[name].connections:,}" for name in loads]
    if len(loads) < 2:
        return
    header = ["server", *(f"{what} {count}" for what in ["per second:", "CPU µs:", "p99 µs:"] for count in counts)]
    rows = []
    for peer in present:
        cells = [f"{median(mine, key):{form}}" if (mine := runs.get((name, peer))) else "-"
                 for key, form in [("perSecond", ",.0f"), ("cpuMicroseconds", ".1f"), ("p99Microseconds", ".0f")] for name in loads]
        rows.append([peer, *cells])
    yield table(header, rows, markdown)


def loops_table(runs, markdown):
    """From one loop to two."""
    rows = [[name, *(ratio(two, one, key) for key in ["perSecond", "cpuMicroseconds", "p99Microseconds"])]
            for name in LOADS if (one := runs.get((name, ONE_LOOP))) and (two := runs.get((name, TWO_LOOPS)))]
    if rows:
        yield table(["two loops to one", "per second", "CPU each", "p99"], rows, markdown)


def idle_table(runs, present, count, markdown):
    rows = [[peer, str(len(mine)), spread((run["bytesPerConversation"] for run in mine.values()), ",.0f"),
             f"{median(mine, 'bytesPerConversation') * count / 1e6:,.1f}"]
            for peer in present if (mine := runs.get(("idle", peer)))]
    if rows:
        yield table(["server", "runs", f"bytes resident per conversation, {count:,} idle", "MB for all"], rows, markdown)


def yardstick_table(runs, markdown):
    rows = []
    for name, load in [(name, load) for name in LOADS for load in YARDSTICKS if runs.get((f"yardstick {name}", load))]:
        mine, reference = runs[f"yardstick {name}", load], runs.get((f"yardstick {name}", YARDSTICKS[0]), {})
        rows.append([name, load, str(len(mine)), f"{median(mine, 'perSecond'):,.0f}", ratio(mine, reference, "perSecond"),
                     f"{median(mine, 'p50Microseconds'):.0f}", f"{median(mine, 'p99Microseconds'):.0f}"])
    if rows:
        yield table(["load", "from", "runs", "per second", "ratio", "p50 µs", "p99 µs"], rows, markdown)


def startup_table(times, markdown):
    if times:
        rows = [[name, f"{statistics.median(values):.1f}", f"{min(values):.1f}"] for name, values in times.items()]
        yield table(["start-up to exit", "median ms of 30", "lowest ms"], rows, markdown)
