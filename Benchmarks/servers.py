"""The servers that are measured: chat-server, and others that answer the same frames."""
import dataclasses
import pathlib
import shlex
import shutil
import subprocess
import sys

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
REFERENCE = "c-epoll"
ONE_LOOP, TWO_LOOPS = "chat-server", "chat-server, 2 loops"


@dataclasses.dataclass(frozen=True)
class Server:
    command: list
    takes_both_cpus: bool = False


class Missing(Exception):
    """What a server lacks to run here."""


def compiled(output, compiler, *arguments):
    """The program. `-o OUTPUT` comes before the source: Go wants it there."""
    if not shutil.which(compiler):
        raise Missing(f"no {compiler}")
    done = subprocess.run([compiler, *map(str, arguments[:-1]), "-o", output, arguments[-1]])
    if done.returncode != 0:
        raise Missing(f"{arguments[-1].name} does not compile")
    return str(output)


def build(folder):
    """The C programs: the reference, and load.c."""
    sources = {"load": PEERS.parent / "load.c", "epoll": PEERS / "epoll.c"}
    return [compiled(folder / name, "cc", "-std=gnu17", "-O2", "-Wall", "-Wextra", source) for name, source in sources.items()]


def runnable(command):
    if not shutil.which(command[0]):
        raise Missing(f"no {command[0]}" if "/" not in command[0] else f"{pathlib.Path(command[0]).name} is not built")
    return command


def recipes(folder, epoll, server, maximum):
    """Every server by its name, and how to come by its command. All of them choose a free port, given 0."""
    def swift(loops):
        return lambda: [str(server), *shlex.split("--host 127.0.0.1 --port 0 --answer echo --log-level error"),
                        "--loops", str(loops), "--max-clients", str(maximum)]

    nio = str(PEERS / "nio" / ".build" / "release" / "nio-peer")
    return {
        REFERENCE: lambda: [epoll, "0"],
        ONE_LOOP: swift(1),
        TWO_LOOPS: swift(2),
        "SwiftNIO handlers": lambda: [nio, "handlers", "0"],
        "SwiftNIO async": lambda: [nio, "async", "0"],
        "Go": lambda: [compiled(folder / "goroutines", "go", "build", PEERS / "goroutines.go"), "0"],
        "Rust std, threads": lambda: [
            compiled(folder / "threads", "rustc", "-O", "--edition", "2021", PEERS / "threads.rs"), "0"],
        "Python asyncio": lambda: [sys.executable, str(PEERS / "asyncio_echo.py"), "0"],
        "Node": lambda: ["node", str(PEERS / "node.js"), "0"],
        "Erlang": lambda: ["escript", str(PEERS / "erlang.escript"), "0"],
    }


def present_and_absent(options, folder, epoll):
    """The servers by their names, and the others with what they lack."""
    wanted = recipes(folder, epoll, options.server, options.idle + 12_000)
    chosen = {REFERENCE, *options.servers}
    for peer in options.peer:
        name, _, command = peer.partition("=")
        chosen.add(name)
        wanted[name] = lambda command=command: shlex.split(command.replace("{epoll}", epoll))
    if unknown := {*options.servers} - {*wanted}:
        raise LookupError(f"no server is called {', '.join(sorted(unknown))}; they are: {', '.join(wanted)}")
    present, absent = {}, []
    for name, recipe in wanted.items():
        if options.servers and name not in chosen:
            continue
        try:
            present[name] = Server(runnable(recipe()), name.endswith("2 loops"))
        except Missing as missing:
            absent.append(f"{name} ({missing})")
    return present, absent
