"""The loads that every server is measured under."""
import dataclasses

from laboratory import PAYLOAD


@dataclasses.dataclass(frozen=True)
class Load:
    mode: str
    connections: int
    close: str = "active"   # as chat-load calls it
    ending: str = ""        # the same for load.c

    def chat_load(self, program, port, seconds):
        return [program, "--port", port, "--mode", self.mode, "--connections", self.connections, "--seconds", seconds,
                "--payload", PAYLOAD, "--close", self.close, "--format", "json"]

    def load_c(self, program, port, seconds):
        ending = [self.ending] if self.ending else []
        return [program, self.mode, port, self.connections, seconds, PAYLOAD, *ending]


LOADS = {
    **{f"persistent-{count}": Load("persistent", count) for count in [1, 64, 512, 10_000]},
    "client-first": Load("churn", 64, "active", "client-first"),
    "server-first": Load("churn", 64, "passive", "server-first"),
    "reset": Load("churn", 64, "reset", "reset"),
}
