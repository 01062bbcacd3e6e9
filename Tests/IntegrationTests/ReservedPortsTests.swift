import Foundation
import Glibc
import Testing

@Suite(
    "A long list of reserved ports", .enabled(if: geteuid() == 0, "needs root to make a network namespace"),
    .timeLimit(.minutes(5)))
struct ReservedPortsTests {
    /// 3,000 ranges are 36 kB, of which the kernel gives a reader only as much as its first read has room for.
    private let reserving = """
        setting("net/ipv4/ip_local_reserved_ports", ",".join(f"{20000 + 3 * i}-{20001 + 3 * i}" for i in range(3000)))
        setting("net/ipv4/ip_local_port_range", "28990 28999")

        """

    @Test("A client that finds no port counts those that are reserved at its end")
    func client() async throws {
        let script = """
            server, client = sys.argv[1:3]
            setting("net/ipv4/tcp_tw_reuse", "0")
            process = serve(server, "--close", "last")
            for _ in range(4):
                assert ask(client) == (0, ""), "a client with ports left"
            status, errors = ask(client)
            process.kill()
            print(errors)
            sys.exit(status)
            """
        let run = try await withNamespace(reserving + script, product("chat-server"), product("chat-client"))
        #expect(run.status == 75)
        #expect(
            run.output.contains(
                "All 4 ephemeral ports (28990-28999, less 6 reserved) are in use, 4 of these by TIME-WAIT."))
        #expect(run.errors == "")
    }

    @Test("chat-lab doctor counts them too")
    func doctor() async throws {
        let script = "sys.exit(subprocess.run([sys.argv[1], 'doctor', '--json']).returncode)"
        let run = try await withNamespace(reserving + script, product("chat-lab"))
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let ports = try #require(report["ports"] as? [String: Any])
        #expect(ports["automatic"] as? Int == 4)
        #expect((ports["reserved"] as? String)?.hasSuffix(",28997-28998") == true)
    }
}
