import Glibc
import Testing

@Suite(
    "A name server that does not answer", .enabled(if: geteuid() == 0, "needs root to make namespaces"), .serialized,
    .timeLimit(.minutes(5)))
struct NameLookupTests {
    /// Runs a script in namespaces of its own, whose name server takes queries, says "asked", and answers none.
    private func withSilentNameServer(
        _ script: String, terminal: Terminal? = nil, _ body: (Program) async throws -> Void = { _ in }
    ) async throws -> Finished {
        let prelude = """
            import os, signal, socket, struct, subprocess, sys, tempfile, threading, time
            folder = tempfile.mkdtemp()
            for name, text in ("resolv.conf", "nameserver 127.0.0.1\\noptions timeout:60 attempts:2\\n"), ("nsswitch.conf", "hosts: dns\\n"):
                with open(f"{folder}/{name}", "w") as file:
                    file.write(text)
                subprocess.run(["mount", "--bind", f"{folder}/{name}", f"/etc/{name}"], check=True)
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            names.bind(("127.0.0.1", 53))

            """
        let command = ["unshare", "--mount", "--net", "python3", "-c", prelude + script, product("chat-client")]
        return try await withProgram(command, terminal: terminal, body: body)
    }

    private static let ask = """
        # In a group of its own, which is not orphaned: another may be, and is not stopped by SIGTSTP.
        client = subprocess.Popen(
            [sys.argv[1], "--host", "slow.example.org", *sys.argv[2:]], stdin=subprocess.PIPE, preexec_fn=os.setpgrp)
        names.recv(1000)

        """

    @Test("SIGINT and SIGTERM end the wait at once", arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(CInt, CInt)])
    func signals(number: CInt, status: CInt) async throws {
        let run = try await withSilentNameServer(Self.ask + "client.send_signal(\(number)); sys.exit(client.wait(20))")
        #expect(run.status == status)
        #expect(run.errors == "")
    }

    @Test("--connect-timeout counts from the look-up on")
    func timeout() async throws {
        let script = """
            client = subprocess.run([sys.argv[1], "--host", "slow.example.org", "--connect-timeout", "0.5"], stdin=subprocess.PIPE, timeout=20)
            sys.exit(client.returncode)
            """
        let run = try await withSilentNameServer(script)
        #expect(run.status == 69)
        #expect(run.errors.hasPrefix("chat-client: getaddrinfo slow.example.org: no answer in time."))
    }

    @Test("Ctrl-Z stops the client meanwhile, and it goes on to wait")
    func stop() async throws {
        let script =
            Self.ask + """
                client.send_signal(signal.SIGTSTP)
                stopped = os.waitpid(client.pid, os.WUNTRACED)[1]
                assert os.WIFSTOPPED(stopped), stopped
                client.send_signal(signal.SIGCONT)
                client.send_signal(signal.SIGTERM)
                sys.exit(client.wait(20))
                """
        #expect(try await withSilentNameServer(script).status == 143)
    }
}
