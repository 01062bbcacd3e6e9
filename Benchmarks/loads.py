"""The loads that every server is measured under."""
import dataclasses

from laboratory import PAYLOAD


@dataclasses.dataclass(frozen=True)
class Load:
    mode: str
    connections: int
    close: str = "active"   # as chat-load calls it
    ending: str = ""        # the same for load.c
    times: float = 1        # as long as the others
    most: int = 1000        # repetitions, where one of them is dear

    def chat_load(self, program, port, seconds):
        return [program, "--port", port, "--mode", self.mode, "--connections", self.connections, "--seconds", seconds,
                "--payload", PAYLOAD, "--close", self.close, "--format", "json"]

    def load_c(self, program, port, seconds):
        ending = [self.ending] if self.ending else []
        return [program, self.mode, port, self.connections, seconds, PAYLOAD, *ending]


PERSISTENT = {
    **{f"persistent-{count}": Load("persistent", count) for count in [1, 64, 512]},
    # Its CPU holds 10,000 accepts: they weigh less the more answers there are.
    "persistent-10000": Load("persistent", 10_000, times=4, most=4),
}
LOADS = {
    **PERSISTENT,
    "client-first": Load("churn", 64, "active", "client-first"),
    "server-first": Load("churn", 64, "passive", "server-first"),
    "reset": Load("churn", 64, "reset", "reset"),
}
MOST_IDLE = 3               # repetitions of idle
