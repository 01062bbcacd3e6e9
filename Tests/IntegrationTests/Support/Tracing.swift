import Foundation
import Glibc

/// Whether the kernel's tracepoints can be read here: by root of the machine itself, where there is a tracefs.
let tracingIsPossible =
    geteuid() == 0 && getenv("WITHOUT_LABORATORY") == nil
    && (try? String(contentsOfFile: "/proc/filesystems", encoding: .utf8))?.contains("\ttracefs\n") == true
    && (try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8))?.contains("4294967295") == true

/// What scripts of `withNamespace` need to watch connections on an address and a port that nobody else's test has, whatever its
/// network namespace: the kernel's tracepoints tell of all of them.
let watching = """
    import json, random, signal, threading
    address = "127.%d.%d.%d" % tuple(random.randrange(1, 255) for _ in range(3))
    port = random.randrange(2000, 30000)

    # Before a command: it ends with this script, however that ends.
    guarded = ["setpriv", "--pdeathsig", "KILL"]

    class Watch:
        def __init__(self, lab, *arguments):
            self.process = subprocess.Popen(guarded + [lab, "watch", "--port", str(port), *arguments], stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, text=True)
            # The first line says that the events are on.
            self.errors = [self.process.stderr.readline()]
            while "watching" not in self.errors[-1]:
                if not self.errors[-1]: sys.exit("no watch: " + "".join(self.errors))
                self.errors.append(self.process.stderr.readline())

        def connections(self, count):
            found = []
            while len(found) < count:
                line = self.process.stdout.readline()
                if not line: sys.exit("the watch has ended: " + self.process.stderr.read())
                connection = json.loads(line)
                if connection["server"] == f"{address}:{port}": found.append(connection)
            return found

        def end(self, number=signal.SIGINT):
            self.process.send_signal(number)
            output, errors = self.process.communicate(timeout=60)
            return self.process.returncode, output, "".join(self.errors) + errors

    def listen():
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(64)
        return listener

    def pair(listener):
        client = socket.create_connection((address, port))
        return client, listener.accept()[0]

    # Sockets of the port in /proc/net/tcp: which end, by the local port, and its state.
    def sockets():
        with open("/proc/net/tcp") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        ends = [(int(row[1].split(":")[1], 16), int(row[2].split(":")[1], 16), row[3]) for row in rows]
        return [end for end in ends if port in end[:2]]

    def instances():
        script = "mount --make-rprivate /; mount -t tracefs tracefs /mnt && ls /mnt/instances"
        return subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True).stdout.split()


    """
