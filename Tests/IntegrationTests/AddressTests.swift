import ChatProtocol
import Foundation
import Glibc
import TCPSockets
import Testing

@Suite("Addresses that cannot be had", .serialized, .timeLimit(.minutes(5)))
struct AddressTests {
    @Test("An unknown host: exit code 68", arguments: ["chat-client", "chat-server"])
    func unknownHost(_ program: String) async throws {
        let run = try await withProgram([product(program), "--host", "no-such-host.invalid"], input: "")
        #expect(run.errors.hasPrefix("\(program): getaddrinfo no-such-host.invalid: "))
        #expect(run.status == 68)
    }

    @Test("A refused connection says which call, where, why, and what to do: exit code 69")
    func refused() async throws {
        let port = try unusedPort()
        let client = try await runClient("\(port)")
        #expect(
            client.errors == """
                chat-client: connect 127.0.0.1:\(port): ECONNREFUSED (Connection refused). The host answered RST: \
                nothing listens on that port. Start the server, or check host and port.

                """)
        #expect(client.status == 69)
    }

    @Test("A local port that a listener has names the listener and its process: exit code 69")
    func heldByListener() async throws {
        let server = try FakeServer()
        let client = try await runClient(server.port, ["--local-port", server.port])
        #expect(client.errors.contains("bind 0.0.0.0:\(server.port): EADDRINUSE (Address already in use). "))
        #expect(client.errors.contains("127.0.0.1:\(server.port) is listening, held by "))
        #expect(client.errors.contains("(process \(getpid()))"))
        #expect(client.status == 69)
    }

    @Test("A local port that a live connection has names it: exit code 69")
    func heldByConnection() async throws {
        try await withServer { server in
            let peer = try await Peer.connect(to: server.endpoint)
            let client = try await runClient(server, ["--local-port", "\(peer.local.port)"])
            // Other tests' connections may share the port, to other servers.
            let held = try Regex("127\\.0\\.0\\.1:\(peer.local.port) → 127\\.0\\.0\\.1:\\d+ is ESTABLISHED, held by ")
            #expect(client.errors.contains(held))
            #expect(client.status == 69)
        }
    }

    @Test("A local port in TIME-WAIT says how long it stays: exit code 75")
    func heldByTimeWait() async throws {
        let port = try unusedPort()
        try await withServer(["--answer", "echo", "--close", "last"]) { server in
            let first = try await runClient(server, ["--local-port", "\(port)", "--aftermath"], input: "one\n")
            #expect(first.status == 0)
            let second = try await runClient(server, ["--local-port", "\(port)"], input: "one\n")
            #expect(second.errors.contains("bind 0.0.0.0:\(port): EADDRINUSE (Address already in use). "))
            #expect(
                second.errors.contains(
                    /127\.0\.0\.1:\d+ → 127\.0\.0\.1:\d+ TIME-WAIT, \d\d?\.\d s left\. Try again in \d\d?\.\d s/))
            #expect(second.output == "")
            #expect(second.status == 75)
        }
    }

    @Test("With --reuse-address a local port in TIME-WAIT serves for a conversation with another server")
    func reuseAddress() async throws {
        let port = try unusedPort()
        try await withServer(["--answer", "echo", "--close", "last"]) { server in
            let arguments = ["--local-port", "\(port)", "--reuse-address"]
            let first = try await runClient(server, arguments + ["--aftermath"], input: "one\n")
            #expect(first.errors.contains("TIME-WAIT"))
            let other = try FakeServer()
            let second = try await withProgram(clientCommand(other.port, arguments)) { client in
                let peer = try await other.accept()
                #expect(peer.remote.port == port)
                try client.type("exit\n")
                #expect(try await peer.next() == .message(.exit))
            }
            #expect(second.status == 0)
        }
    }

    @Test("An address that is not of this host is named: exit code 69", arguments: ["chat-client", "chat-server"])
    func notLocal(_ program: String) async throws {
        // A documentation address (RFC 5737), which no host has.
        let flags = program == "chat-client" ? ["--local-address", "192.0.2.1"] : ["--host", "192.0.2.1"]
        let run = try await withProgram([product(program)] + flags, input: "")
        #expect(run.errors.contains("EADDRNOTAVAIL"))
        #expect(run.errors.contains("No interface of this host has that address."))
        #expect(run.status == 69)
    }

    /// A command prefix that takes away the right to privileged ports, which only root has to begin with.
    private static var unprivileged: [String] {
        geteuid() == 0 ? ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"] : []
    }

    private static var portOneIsPrivileged: Bool {
        (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8).trimmed).flatMap
        { Int($0) } ?? 2
            > 1
    }

    @Test(
        "A privileged port without the right to it: exit code 77",
        .enabled(if: portOneIsPrivileged, "on this system every port is for everyone"),
        arguments: [["chat-client", "--local-port", "1"], ["chat-server", "--port", "1"]])
    func privileged(_ command: [String]) async throws {
        let run = try await withProgram(Self.unprivileged + [product(command[0])] + command.dropFirst(), input: "")
        #expect(run.errors.contains("EACCES (Permission denied). Ports below 1024 are for privileged programs."))
        #expect(run.status == 77)
    }
}
