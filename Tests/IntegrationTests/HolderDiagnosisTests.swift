import Testing

@Suite(
    "The right holder is named", .enabled(if: namespaceIsPossible, "needs root, python3 and ip(8)"), .serialized,
    .timeLimit(.minutes(5)))
struct HolderDiagnosisTests {
    @Test("An IPv6-only listener does not hide a TIME-WAIT, nor a socket that is bound for IPv4")
    func decoys() async throws {
        let lines = try await said(
            """
            time_wait(7001)
            decoy = hold("::", 7001, only=1)
            say(server, "--port", 7001, "--no-reuse-address")
            decoy = hold("::", 7002, only=1)
            real = hold("0.0.0.0", 7002, listens=False, reuse=False)
            say(server, "--host", "0.0.0.0", "--port", 7002)
            other, real = hold("0.0.0.0", 7003), hold("::1", 7003)
            say(server, "--host", "::1", "--port", 7003)
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("TIME-WAIT, ") && !lines[0].contains("listening"))
        #expect(lines[1].hasPrefix("69 ") && lines[1].contains("0.0.0.0:7002 is bound") && !lines[1].contains("[::]"))
        #expect(lines[2].contains("[::1]:7003 is listening") && !lines[2].contains("0.0.0.0:7003"))
    }

    @Test("An IPv6 listener in the way of IPv4 says why, and so does the other way round")
    func bothFamilies() async throws {
        let lines = try await said(
            """
            held = hold("::", 7001, only=0)
            say(server, "--host", "0.0.0.0", "--port", 7001)
            held = hold("0.0.0.0", 7002)
            say(server, "--host", "::", "--port", 7002)
            held = hold("::1", 7003)
            say(server, "--host", "::", "--port", 7003)
            """)
        let words = "[::]:7001 is listening, for IPv4 too (its IPV6_V6ONLY is off), held by python3 (process "
        #expect(lines[0].contains(words))
        #expect(lines[1].contains("0.0.0.0:7002 is listening, "))
        #expect(lines[1].contains(", and this bind() is for IPv4 too (IPV6_V6ONLY is off)."))
        #expect(lines[2].contains("[::1]:7003 is listening, ") && !lines[2].contains("V6ONLY"))
    }

    @Test("net.ipv6.bindv6only decides what `::` asks for")
    func bindV6Only() async throws {
        let lines = try await said(
            """
            setting("net/ipv6/bindv6only", "1")
            decoy, real = hold("0.0.0.0", 7001), hold("::1", 7001)
            say(server, "--host", "::", "--port", 7001)
            """)
        #expect(lines[0].contains("[::1]:7001 is listening") && !lines[0].contains("0.0.0.0"))
    }

    @Test("All processes that share a listener are counted, and all members of an SO_REUSEPORT group are told")
    func several() async throws {
        let lines = try await said(
            """
            code = "import socket, subprocess as s; l = socket.create_server(('127.0.0.1', 7001)); l.set_inheritable(True);" \\
                "[print(s.Popen(['sleep', '60'], close_fds=False, stdout=-3, stderr=-3).pid) for _ in '123']"
            children = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True).stdout.split()
            say(server, "--port", 7001)
            for child in children:
                os.kill(int(child), 9)
            members = []
            for address in ("127.0.0.1", "127.0.0.1", "0.0.0.0"):
                member = socket.socket()
                member.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                member.bind((address, 7002))
                member.listen()
                members.append(member)
            say(server, "--port", 7002)
            say(lab, "explain", "--port", 7002)
            """)
        #expect(
            lines[0].contains("is listening, held by sleep (process ") && lines[0].contains("and 2 other processes."))
        #expect(lines[0].contains("Stop all of these processes"))
        #expect(lines[1].ranges(of: "127.0.0.1:7002 is listening on 2 sockets, held by python3").count == 1)
        #expect(lines[1].ranges(of: "python3").count == 2 && lines[1].contains("Stop that program"))
        #expect(lines[1].ranges(of: "0.0.0.0:7002 is listening, held by python3").count == 1)
        #expect(lines[2].ranges(of: " LISTEN, held by python3").count == 3)
    }

    @Test(
        "The processes of an SO_REUSEPORT group are all named, once, and to be stopped all; so where one of two is stopped"
    )
    func group() async throws {
        let lines = try await said(
            """
            code = "import socket, sys; l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1);" \\
                "l.bind(('127.0.0.1', 7001)); l.listen(); print('ready', flush=True); sys.stdin.read()"
            members = []
            for _ in range(5):
                member = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                member.stdout.readline()
                members.append(member)
            say(server, "--port", 7001)
            held = [hold("127.0.0.1", 7003), hold("127.0.0.2", 7003)]
            say(client, "--host", "127.0.0.3", "--port", 7003)
            listener = hold("127.0.0.1", 7002)
            listener.set_inheritable(True)
            sharer = subprocess.Popen(["sleep", "60"], close_fds=False)
            first = subprocess.Popen(["sleep", "61"], close_fds=False)
            listener.close()
            sharer.send_signal(signal.SIGSTOP)
            os.waitpid(sharer.pid, os.WUNTRACED)
            say(server, "--port", 7002)
            print(sharer.pid, *[member.pid for member in members])
            for process in members + [sharer, first]: process.kill()
            """)
        let processes = lines[3].split(separator: " ")
        #expect(lines[0].contains("127.0.0.1:7001 is listening on 5 sockets, held by python3 (process "))
        for process in processes.dropFirst() { #expect(lines[0].contains("(process \(process))")) }
        #expect(lines[0].contains("Stop all of these processes or use another port."))
        // In the order of the kernel's table, whatever that is.
        for address in ["127.0.0.1", "127.0.0.2"] {
            #expect(lines[1].contains("\(address):7003 is listening, held by"))
        }
        #expect(lines[2].contains("held by sleep (process \(processes[0]), stopped) and 1 other process."))
        #expect(lines[2].contains("kill -CONT \(processes[0])") && lines[2].contains("since each keeps the port"))
    }

    @Test("A holder that is stopped is said to be, and what ends it")
    func stopped() async throws {
        let lines = try await said(
            """
            process = serve(server, "--port", "7001")
            process.send_signal(signal.SIGSTOP)
            os.waitpid(process.pid, os.WUNTRACED)
            say(server, "--port", 7001)
            say(lab, "explain", "--port", 7001)
            process.kill()
            print(process.pid)
            """)
        #expect(lines[0].contains("held by chat-server (process \(lines[2]), stopped)"))
        #expect(lines[0].contains("kill -CONT \(lines[2])") && lines[0].contains("kill -KILL \(lines[2])"))
        #expect(lines[1].contains("held by chat-server (process \(lines[2]), stopped)."))
    }

    @Test("A process whose first thread has ended still is the holder")
    func leaderGone() async throws {
        let lines = try await said(
            """
            code = "import ctypes, socket, threading; c = ctypes.CDLL(None); l = socket.create_server(('127.0.0.1', 7001));" \\
                "threading.Thread(target=c.sleep, args=(60,)).start(); print('ready', flush=True); c.pthread_exit(None)"
            process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            process.stdout.readline()
            until(lambda: open(f"/proc/{process.pid}/stat").read().split(")")[1].split()[0] == "Z")
            say(server, "--port", 7001)
            say(lab, "explain", "--port", 7001)
            process.kill()
            print(process.pid)
            """)
        #expect(lines[0].contains("is listening, held by python3 (process \(lines[2]))."))
        #expect(lines[1].contains("LISTEN, held by python3 (process \(lines[2]))."))
    }

    @Test("A listener on its way through a Unix socket is told, with the process that is to receive it")
    func inFlight() async throws {
        let lines = try await said(
            """
            near, far = socket.socketpair(socket.AF_UNIX)
            listener = hold("127.0.0.1", 7001)
            socket.send_fds(near, [b"x"], [listener.fileno()])
            listener.close()
            say(server, "--port", 7001)
            say(lab, "explain", "--port", 7001)
            print(os.getpid())
            """)
        let words =
            "held by no visible process; descriptors are in transit in a Unix socket of python3 "
            + "(process \(lines[2]))"
        #expect(lines[0].contains("127.0.0.1:7001 is listening, \(words)."))
        #expect(lines[1].contains("127.0.0.1:7001 LISTEN, \(words)."))
    }

    @Test("A socket of the kernel's own may be that, and no program is to be stopped")
    func kernel() async throws {
        let lines = try await said(
            """
            sh("ip link add x0 type vxlan id 42 dstport 7001 local 127.0.0.1; ip link set x0 up")
            say(lab, "explain", "--port", 7001)
            """)
        let words =
            "held by no process in this /proc: perhaps by the kernel (for a tunnel or NFS), or by"
        #expect(lines[0].contains(#/UDP (127\.0\.0\.1|0\.0\.0\.0):7001/#) && lines[0].contains(words), "\(lines[0])")
    }

    @Test("A UDP socket and a Unix socket with the number are told, and are in nobody's way")
    func others() async throws {
        let lines = try await said(
            """
            datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            datagrams.bind(("127.0.0.1", 7001))
            names = []
            for name in ("\\0/example/.s.PGSQL.7001", "\\0/example/.s.PGSQL.17001"):
                named = socket.socket(socket.AF_UNIX)
                named.bind(name)
                named.listen()
                names.append(named)
            say(lab, "explain", "--port", 7001)
            print(os.getpid())
            """)
        #expect(lines[0].hasPrefix("0 "))
        #expect(lines[0].contains("No TCP socket in this network namespace has that local port."))
        #expect(lines[0].contains("nsenter(1)"))
        #expect(lines[0].contains("UDP 127.0.0.1:7001, held by python3 (process \(lines[1])): not in the way"))
        #expect(lines[0].contains("The Unix socket @/example/.s.PGSQL.7001 listens: not in the way"))
        #expect(!lines[0].contains("17001"))
    }

    @Test("A listener on a link-local address is found, and TIME-WAIT there as well")
    func linkLocal() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1")
            setting("net/ipv6/conf/v0/accept_dad", "0")
            sh("ip link set v0 up; ip link set v1 up; ip -6 addr add fe80::1/64 dev v0 nodad; ip -6 addr add fe80::2/64 dev v0 nodad")
            process = serve(server, "--host", "fe80::1%v0", "--port", "7001", "--close", "last")
            say(server, "--host", "fe80::1%v0", "--port", 7001)
            setting("net/ipv4/ip_local_port_range", "40000 40001")
            for _ in range(3):
                say(client, "--host", "fe80::1%v0", "--port", 7001, words="one\\n")
            say(client, "--host", "fe80::1", "--port", 7001)
            process.kill()
            """)
        #expect(lines[0].hasPrefix("69 ") && lines[0].contains("[fe80::1%v0]:7001 is listening, held by chat-server"))
        #expect(lines[1...2].allSatisfy { $0 == "0 one" })
        #expect(lines[3].hasPrefix("75 "))
        #expect(lines[3].contains("All 2 ephemeral ports (40000-40001) are in use, 2 of these by TIME-WAIT."))
        #expect(lines[4].hasPrefix("69 ") && lines[4].contains("EINVAL") && lines[4].contains("fe80::1%eth0"))
    }
}
