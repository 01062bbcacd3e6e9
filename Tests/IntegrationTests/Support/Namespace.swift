/// Runs a Python script in a network namespace of its own, whose loopback is up, and whose sockets are the script's alone.
/// It takes root.
///
/// - Parameters:
///   - script: It finds `sys`, `socket`, `subprocess`, and the functions below.
///   - arguments: Its `sys.argv[1:]`.
func withNamespace(_ script: String, _ arguments: String...) async throws -> Finished {
    try await withProgram(["unshare", "--net", "python3", "-c", prelude + script] + arguments, input: "")
}

private let prelude = """
    import fcntl, os, socket, struct, subprocess, sys, time
    # SIOCSIFFLAGS with IFF_UP (netdevice(7)).
    fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 1))

    def setting(name, value):
        with open("/proc/sys/" + name, "w") as file:
            file.write(value)

    def serve(server, *arguments):
        process = subprocess.Popen([server, "--answer", "echo", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        return process

    def ask(client, *arguments):
        run = subprocess.run([client, *arguments], input="one\\n", capture_output=True, text=True)
        return run.returncode, run.stderr

    # Conversations that the client closes first: each leaves a TIME-WAIT.
    def converse(address, count):
        listener = socket.create_server((address, 9000))
        for _ in range(count):
            client = socket.create_connection((address, 9000))
            server, _ = listener.accept()
            client.close()
            # On a busy machine the FIN may still be under way: who closes before it has come is the first to close as well.
            server.recv(1)
            server.close()
        listener.close()

    # Waits until the kernel keeps so many sockets that nobody owns, in TIME-WAIT or in FIN-WAIT-2: a FIN may be under way.
    def await_ownerless(count):
        late = time.monotonic() + 20
        while time.monotonic() < late:
            with open("/proc/net/sockstat") as file:
                if f" tw {count} " in file.read():
                    return
            time.sleep(0.01)
        sys.exit(f"not {count} sockets without an owner")


    """
