"""Runs one server and one load, each on a CPU of its own, in a network that holds nothing else."""
import contextlib
import json
import pathlib
import re
import select
import shlex
import subprocess
import time

PAYLOAD = 32


class Failure(Exception):
    """A run that says nothing about speed."""


class Laboratory:
    def __init__(self, load, load_c, cpus):
        self.load, self.load_c = load, load_c
        self.server_cpu, self.load_cpu = map(str, cpus)
        privileged = subprocess.run(["unshare", "--net", "true"], stderr=subprocess.DEVNULL).returncode == 0
        self.isolate = ["unshare", "--net", *([] if privileged else ["--user", "--map-root-user"])]
        self.join = ["--net", *([] if privileged else ["--user", "--preserve-credentials"])]

    @contextlib.contextmanager
    def server(self, server):
        """Yields the server's process id and port. The server does not outlive the block, nor this process."""
        cpus = f"{self.server_cpu},{self.load_cpu}" if server.takes_both_cpus else self.server_cpu
        # All ports from 1024 on, so that a churn of some seconds does not run out of them.
        start = ("ip link set lo up && echo '1024 65535' > /proc/sys/net/ipv4/ip_local_port_range && "
                 f'exec setpriv --pdeathsig KILL taskset --cpu-list {cpus} "$@"')
        isolated = [*self.isolate, "sh", "-c", start, "sh", *server.command]
        with subprocess.Popen(isolated, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
            try:
                ready, _, _ = select.select([process.stdout], [], [], 20)
                line = process.stdout.readline() if ready else ""
                if not line.startswith("listening on "):
                    raise Failure(f"{shlex.join(server.command)}: not listening, but {line!r}")
                yield process.pid, line.strip().rpartition(":")[2]
                if process.poll() is not None:
                    raise Failure(f"{shlex.join(server.command)}: ended with {process.returncode} under load")
            finally:
                process.kill()

    def inside(self, pid, *command):
        """The command, on the CPU for loads and in the network of a server."""
        pinned = ["taskset", "--cpu-list", self.load_cpu, *map(str, command)]
        return ["nsenter", f"--target={pid}", *self.join, *pinned]

    def under_load(self, server, seconds, load, by_load_c=False):
        with self.server(server) as (pid, port):
            command = self.inside(pid, *(load.load_c(self.load_c, port, seconds) if by_load_c
                                         else load.chat_load(self.load, port, seconds)))
            before = cpu_nanoseconds(pid)
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                  timeout=seconds + 30)
            spent = cpu_nanoseconds(pid) - before
        # chat-load ends with an error code where conversations failed; they are in its result, and in the table.
        run = json.loads(done.stdout) if done.stdout else {"operations": 0, "errors": {f"exit status {done.returncode}": 1}}
        if run["operations"] == 0:
            errors = ", ".join(f"{count} {error}" for error, count in run["errors"].items())
            raise Failure(f"no answer in {seconds:g} s; errors: {errors or 'none'}")
        for percentile, value in (run.pop("latencyMicroseconds", None) or {}).items():
            run[f"{percentile}Microseconds"] = value
        run["perSecond"] = run["operations"] / run["seconds"]
        run["cpuMicroseconds"] = spent / 1000 / run["operations"]
        return run

    def idle(self, server, count):
        """Conversations that stay open in silence, held by load.c."""
        with self.server(server) as (pid, port):
            first = self.inside(pid, self.load_c, "idle", port, 1)
            subprocess.run(first, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=30)
            before = resident_bytes(pid)
            crowd = self.inside(pid, self.load_c, "idle", port, count)
            load = subprocess.Popen(crowd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            with load:  # which closes its standard input, and so ends it
                ready, _, _ = select.select([load.stdout], [], [], 60)
                if not ready or load.stdout.readline() != "ready\n":
                    load.kill()
                    raise Failure(f"did not answer {count} conversations")
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
