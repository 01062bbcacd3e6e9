"""The servers that are measured: chat-server, and others that answer the same frames."""
import dataclasses
import pathlib
import shlex
import shutil
import subprocess

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
REFERENCE = "c-epoll"


@dataclasses.dataclass(frozen=True)
class Server:
    command: list
    takes_both_cpus: bool = False


def compiled(output, compiler, *arguments):
    """The program, or None where there is no such compiler. `-o OUTPUT` comes before the source: Go wants it there."""
    if not shutil.which(compiler):
        return None
    subprocess.run([compiler, *map(str, arguments[:-1]), "-o", output, arguments[-1]], check=True)
    return str(output)


def build(folder):
    """The C programs: the reference, and load.c."""
    sources = {"load": PEERS.parent / "load.c", "epoll": PEERS / "epoll.c"}
    for name, source in sources.items():
        if not compiled(folder / name, "cc", "-std=gnu17", "-O2", "-Wall", "-Wextra", source):
            raise FileNotFoundError("a C compiler is needed (cc)")
    return (str(folder / name) for name in sources)


def commands(folder, epoll, server, maximum):
    """Every server by its name; a command that cannot be run here is None, or names a program that is not there."""
    def swift(loops):
        return [str(server), *shlex.split("--host 127.0.0.1 --port 0 --answer echo --log-level error"),
                "--loops", str(loops), "--max-clients", str(maximum)]

    def interpreted(program, script):
        return [program, str(PEERS / script), "0"] if shutil.which(program) else None

    nio = str(PEERS / "nio" / ".build" / "release" / "nio-peer")
    rust = compiled(folder / "threads", "rustc", "-O", "--edition", "2021", PEERS / "threads.rs")
    go = compiled(folder / "goroutines", "go", "build", PEERS / "goroutines.go")
    return {
        REFERENCE: [epoll, "0"],
        "chat-server": swift(1),
        "chat-server, 2 loops": swift(2),
        "SwiftNIO handlers": [nio, "handlers", "0"],
        "SwiftNIO async": [nio, "async", "0"],
        "Go": go and [go, "0"],
        "Rust std, threads": rust and [rust, "0"],
        "Python asyncio": interpreted("python3", "asyncio_echo.py"),
        "Node": interpreted("node", "node.js"),
        "Erlang": interpreted("escript", "erlang.escript"),
    }


def present_and_absent(options, folder, epoll):
    wanted = commands(folder, epoll, options.server, options.idle + 12_000)
    for peer in options.peer:
        name, _, command = peer.partition("=")
        wanted[name] = shlex.split(command.replace("{epoll}", epoll))
    if options.servers:
        wanted = {name: command for name, command in wanted.items() if name in {REFERENCE, *options.servers}}
    present = {name: Server(command, name.endswith("2 loops")) for name, command in wanted.items()
               if command and shutil.which(command[0])}
    return present, [name for name in wanted if name not in present]
