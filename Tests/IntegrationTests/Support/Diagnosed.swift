import Glibc
import Testing

/// What programs say in a network namespace of their own: a line for each run, with its exit status and its words.
///
/// - Parameter script: In Python; it finds `server`, `client`, `lab`, `load`, the paths of the programs; `say`, which runs one and
///   prints such a line; `sh`, which runs a command of sh(1) that has to succeed; and what `withNamespace` offers.
func said(_ script: String) async throws -> [String] {
    let programs = ["chat-server", "chat-client", "chat-lab", "chat-load"].map(product)
    let run = try await withNamespace(
        diagnosedPrelude + script, programs[0], programs[1], programs[2], programs[3])
    try #require(run.status == 0 && run.errors == "", "\(run.status): \(run.output) \(run.errors)")
    return run.lines
}

let namespaceIsPossible = geteuid() == 0 && isInstalled("python3") && isInstalled("ip")

private let diagnosedPrelude = """
    import errno, re, select, signal
    server, client, lab, load = sys.argv[1:5]

    def say(*command, words="", **options):
        run = subprocess.run([str(word) for word in command], input=words, capture_output=True, text=True, timeout=60, **options)
        print(run.returncode, " ".join((run.stdout + run.stderr).split()), flush=True)

    def sh(command):
        subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)

    def hold(address, port, listens=True, only=None, reuse=True, backlog=16):
        held = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        if only is not None:
            held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
        if reuse:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((address, port))
        if listens:
            held.listen(backlog)
        return held

    # Calls a listener from a thread's point of view: it has begun when this returns.
    def call(address, port, local=None):
        caller = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        caller.setblocking(False)
        if local:
            caller.bind(local)
        caller.connect_ex((address, port))
        return caller

    def states(port):
        return subprocess.run(["ss", "-Htan", f"sport = :{port}"], capture_output=True, text=True).stdout

    # The table has no event to wait for.
    def until(condition):
        import time
        for _ in range(2000):
            if condition():
                return
            time.sleep(0.01)
        raise TimeoutError

    def time_wait(port, address="127.0.0.1"):
        listener = hold(address, port)
        caller = socket.create_connection((address, port))
        taken, _ = listener.accept()
        taken.close()
        caller.recv(1)
        caller.close()
        listener.close()
        until(lambda: "TIME-WAIT" in states(port))


    """
