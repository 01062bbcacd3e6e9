import Glibc
import TCPSockets
import Testing

@Suite(
    "chat-load where ports are few", .enabled(if: getuid() == 0, "needs root, for a network namespace"), .serialized,
    .timeLimit(.minutes(5)))
struct LoadExhaustionTests {
    /// Runs a server and chat-load in a network of their own, with so many ephemeral ports.
    private func load(ports: Int, _ arguments: String, wrapper: String = "") async throws -> (Load, Finished) {
        let script = """
            ip link set lo up
            echo "40000 \(40000 + ports - 1)" > /proc/sys/net/ipv4/ip_local_port_range
            "$1" --port 7000 --answer echo --close last --log-level error > /dev/null & server=$!
            until "$2" --seconds 0.001 --connections 1 --mode persistent --close reset > /dev/null 2>&1
            do kill -0 $server || exit 70; sleep 0.05; done
            \(wrapper) "$2" --mode churn --format json \(arguments); status=$?
            kill $server; exit $status
            """
        let command = ["unshare", "--net", "sh", "-c", script, "sh", product("chat-server"), product("chat-load")]
        let finished = try await withProgram(command, input: "")
        return (try Load(finished), finished)
    }

    @Test("The moment at which the ports ran out, the call, the errno, and the kernel's reason")
    func ports() async throws {
        // With half-close the server's FIN has come when the next conversation begins.
        let (load, finished) = try await load(ports: 20, "--connections 2 --seconds 2 --close half-close")
        #expect(finished.status == 75)
        #expect(load.operations == 20)
        let ranOut = try #require(load.ranOut)
        #expect(ranOut.resource == "ports")
        #expect(ranOut.call == "connect")
        #expect(ranOut.errno == "EADDRNOTAVAIL")
        #expect((18...20).contains(ranOut.operations))
        #expect(ranOut.afterSeconds > 0 && ranOut.afterSeconds < 2)
        #expect(ranOut.ports == 20)
        #expect(ranOut.taken == 20)
        #expect(try #require(ranOut.timeWait) >= 18)
        #expect(ranOut.reason.hasPrefix("All 20 ephemeral ports (40000-40019) are in use, "))
        #expect(load.errors.keys.elementsEqual(["EADDRNOTAVAIL"]))
        // Asked again ten times a second by each connection, and not as fast as it goes.
        #expect(try #require(load.errors["EADDRNOTAVAIL"]) < 60)
    }

    @Test("A reset leaves no TIME-WAIT, and the same ports suffice for ever")
    func reset() async throws {
        let (load, finished) = try await load(ports: 20, "--connections 2 --seconds 1 --close reset")
        #expect(finished.status == 0)
        #expect(load.operations > 20)
        #expect(load.ranOut == nil)
        #expect(load.errors == [:])
    }

    @Test("Abandoned sockets use up the descriptors, and that ends the run")
    func descriptors() async throws {
        let (load, finished) = try await load(
            ports: 2000, "--connections 2 --seconds 8 --close abandon", wrapper: "prlimit --nofile=100")
        #expect(finished.status == 75)
        let ranOut = try #require(load.ranOut)
        #expect(ranOut.resource == "descriptors")
        #expect(ranOut.call == "socket")
        #expect(ranOut.errno == "EMFILE")
        #expect(ranOut.ports == nil)
        #expect((80...100).contains(load.operations))
        #expect(load.seconds < 7)
    }
}
