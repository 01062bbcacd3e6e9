"""Who runs when: measurements and servers take turns until each has had its repetitions, or the time is over."""
import collections
import dataclasses
import subprocess
import sys
import time

from laboratory import Failure
from loads import LOADS, MOST_IDLE
from tables import YARDSTICKS

# Beside the load itself, in seconds: to start a server and to stop it, and to open connections, on an idle machine.
START, CONNECTION, IDLE = 0.35, 0.0002, 4


@dataclasses.dataclass(frozen=True)
class Turn:
    repetition: int
    measurement: str
    who: str


def planned(names, repetitions, servers):
    """All turns. Each repetition has all measurements, so that a session that ends early has some of each; and within one
    measurement the servers follow each other at once, in rotating order, so that a drift of the machine hits all alike."""
    for repetition in range(repetitions):
        for name in [name for name in [*LOADS, "idle"] if name in names]:
            if repetition < (MOST_IDLE if name == "idle" else LOADS[name].most):
                yield from (Turn(repetition, name, who) for who in rotated([*servers], repetition))
        for name in LOADS if "yardstick" in names else []:
            if repetition < LOADS[name].most:
                yield from (Turn(repetition, f"yardstick {name}", who) for who in rotated(YARDSTICKS, repetition))


def rotated(all, by):
    return all[by % len(all):] + all[:by % len(all)]


class Session:
    """Runs the turns, and keeps what came of them: `runs[measurement, who][repetition]`."""

    def __init__(self, turns, seconds, limit, do):
        self.turns, self.seconds, self.limit, self.do = turns, seconds, limit, do
        self.runs = collections.defaultdict(dict)
        self.failures = []      # in words
        self.took = collections.defaultdict(list)
        self.began = time.monotonic()
        self.left = len(turns)

    def expected(self, turn):
        """How long a turn will take: as it did, or as it should."""
        if took := self.took[turn.measurement, turn.who] or self.took[turn.measurement, None]:
            return sum(took) / len(took)
        if turn.measurement == "idle":
            return IDLE
        load = LOADS[turn.measurement.removeprefix("yardstick ")]
        return START + self.seconds * load.times + load.connections * CONNECTION

    def announcement(self):
        whole = sum(map(self.expected, self.turns))
        return (f"{len(self.turns)} turns, about {clock(whole)} if nobody else works here, at most {clock(self.limit)}"
                " (--minutes)")

    def run(self):
        """Returns whether all turns were taken."""
        failed = collections.Counter()  # a server that failed twice under a load is spared a third time
        for index, turn in enumerate(self.turns):
            self.left = len(self.turns) - index
            if failed[turn.measurement, turn.who] == 2:
                continue
            elapsed = time.monotonic() - self.began
            if elapsed + self.expected(turn) > self.limit:
                return False
            self.show(turn, elapsed, sum(map(self.expected, self.turns[index:])))
            start = time.monotonic()
            try:
                self.runs[turn.measurement, turn.who][turn.repetition] = self.do(turn)
            except (Failure, subprocess.SubprocessError, OSError) as error:
                failed[turn.measurement, turn.who] += 1
                self.failures.append(f"{turn.measurement}, {turn.who}, repetition {turn.repetition + 1}: {error}")
            for key in [turn.who, None]:
                self.took[turn.measurement, key].append(time.monotonic() - start)
        self.left = 0
        return True

    def show(self, turn, elapsed, left):
        """On a terminal one line that changes; elsewhere a line for each measurement of each repetition."""
        text = f"{clock(elapsed)} of about {clock(min(elapsed + left, self.limit))}: repetition {turn.repetition + 1}, {turn.measurement}"
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}, {turn.who}", end="", file=sys.stderr, flush=True)
        elif (turn.repetition, turn.measurement) != getattr(self, "shown", None):
            self.shown = turn.repetition, turn.measurement
            print(text, file=sys.stderr, flush=True)


def clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
