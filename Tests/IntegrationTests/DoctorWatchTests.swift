import Foundation
import Glibc
import Testing

@Suite(
    "chat-lab doctor: what is asked of it", .serialized,
    .enabled(if: geteuid() == 0, "needs root to make a network namespace"),
    .timeLimit(.minutes(5)))
struct DoctorWatchTests {
    private static let scarcity = """
        setting("net/ipv4/ip_local_port_range", "20000 20003")
        setting("net/ipv4/tcp_tw_reuse", "0")
        """

    @Test("--exit-status: 1 for a warning, 2 where something fails, 0 without it")
    func severity() async throws {
        let script =
            Self.scarcity + """

                lab = sys.argv[1]
                def status(*arguments): return subprocess.run([lab, "doctor", *arguments], capture_output=True).returncode
                print(status("--exit-status"), status())
                # connect() begins with ports of one parity, and takes the others afterwards.
                converse("127.0.0.1", 4)
                await_ownerless(4)
                print(status("--exit-status"), status())
                """
        let run = try await withNamespace(script, product("chat-lab"))
        #expect(run.lines == ["1 0", "2 0"], "\(run.errors)")
    }

    @Test("--metrics is OpenMetrics text")
    func metrics() async throws {
        let script =
            Self.scarcity + """

                converse("127.0.0.1", 3)
                await_ownerless(3)
                sys.exit(subprocess.run([sys.argv[1], "doctor", "--metrics"]).returncode)
                """
        let run = try await withNamespace(script, product("chat-lab"))
        #expect(run.status == 0 && run.lines.last == "# EOF")
        #expect(run.lines.contains("chat_lab_sockets{state=\"TIME-WAIT\"} 3"))
        #expect(run.lines.contains("chat_lab_ephemeral_ports 4"))
        let labels = "{source=\"127.0.0.1\",destination=\"127.0.0.1:9000\"}"
        #expect(run.lines.contains("chat_lab_destination_time_wait\(labels) 3"))
        #expect(run.lines.contains("chat_lab_destination_ports_free\(labels) 1"))
        #expect(run.lines.contains { $0.hasPrefix("chat_lab_listen_overflows_total ") })
        for line in run.lines.dropLast() {
            #expect(
                line.wholeMatch(of: /# (TYPE|HELP) chat_lab_\w+ .+|chat_lab_\w+(\{[^}]+\})? -?\d+(\.\d+)?/) != nil,
                "\(line)")
        }
    }

    @Test("--port, --peer and --process leave out the other sockets; what is left decides whether all is well")
    func filters() async throws {
        let script = """
            setting("net/ipv4/ip_local_port_range", "32768 60999")
            converse("127.0.0.1", 3)
            converse("127.0.0.2", 2)
            await_ownerless(5)
            listener = socket.create_server(("127.0.0.3", 9001))
            def count(*filter):
                run = subprocess.run([sys.argv[1], "doctor", "--json", *filter], capture_output=True, text=True)
                print(run.stdout and __import__("json").loads(run.stdout)["states"])
            count("--peer", "127.0.0.2")
            count("--port", "9000")
            count("--port", "9001")
            count("--process", str(os.getpid()))
            count("--process", "nobody-has-this")
            print(subprocess.run([sys.argv[1], "doctor"], capture_output=True, text=True).stdout)
            """
        let run = try await withNamespace(script, product("chat-lab"))
        #expect(
            run.lines.prefix(5) == [
                "{'TIME-WAIT': 2}", "{'TIME-WAIT': 5}", "{'LISTEN': 1}", "{'LISTEN': 1}", "{}",
            ], "\(run.errors)")
        #expect(
            run.output.contains(
                "Nothing to do: no socket is in CLOSE-WAIT, and no destination is short of ports. --verbose shows all.")
        )
        #expect(!run.output.contains("SETTINGS"))
    }
}
