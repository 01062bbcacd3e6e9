import Foundation
import Glibc
import Testing

private let canMakeHosts = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0

@Suite(
    "Stop-motion from a pipe", .enabled(if: canMakeHosts, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct StepScriptTests {
    private func step(_ script: String, _ experiment: String = "explicit-active") async throws -> Finished {
        let run = try await withProgram([product("chat-lab"), "step", experiment], input: script)
        #expect(run.lines.allSatisfy { $0.count < 80 })
        return run
    }

    /// What became of each segment, in order: the arrows, each dash but one left out. Pure ACKs are not among them, for
    /// whether a kernel sends one, or has data to send it with, is a matter of milliseconds.
    private func arrows(_ run: Finished) -> [String] {
        run.lines.filter { $0.prefix(4).allSatisfy { $0 == " " || $0.isNumber } && $0.contains("--") }
            .map { String($0.dropFirst(17).prefix(49)).replacing(/-+/) { _ in "-" }.trimmed }
            .filter { !$0.contains("- ACK ") }
    }

    private static let beginning = [
        "- SYN seq 0 ->", "<- SYN,ACK seq 0 ack 1 -", "- PSH,ACK question \"ping\" ->", "<- PSH,ACK answer \"ping\" -",
        "- PSH,ACK exit ->",
    ]

    @Test("Enter through a conversation: the client is the first to close, as in the article")
    func enter() async throws {
        let run = try await step(String(repeating: "\n", count: 30))
        #expect(run.status == 0)
        // A machine so busy that whoever waits should know is told so.
        #expect(run.errorsAtAnyPace == "")
        #expect(arrows(run) == Self.beginning + ["- FIN,ACK seq 15 ack 10 ->", "<- FIN,ACK seq 10 ack 16 -"])
        #expect(
            run.output.contains(
                "The client closed first; the connection ended by FIN.\nTIME-WAIT is on the client's host (192.0.2.1:50001, "
            ))
        #expect(run.lines.last == "chat-client exited with 0, chat-server with 0 (it saw: exit).")
        #expect(run.lines.filter { $0 == "     acknowledges the server's FIN" }.count == 1)
    }

    @Test("Two programs of anybody's: a segment is lost, and comes again")
    func programs() async throws {
        let server = """
            exec python3 -c 'import os, socket
            s = socket.create_server((\"server\", int(os.environ[\"PORT\"])))
            peer, _ = s.accept(); peer.recv(9); peer.close(); s.accept()'
            """
        let client = """
            exec python3 -c 'import os, socket
            peer = socket.create_connection((\"server\", int(os.environ[\"PORT\"]))); peer.send(b\"hello\")
            peer.recv(9); peer.close()'
            """
        let run = try await withProgram(
            [product("chat-lab"), "step", "--server", server, "--client", client], input: "d\n")
        #expect((run.status, run.errorsAtAnyPace) == (0, ""))
        #expect(
            arrows(run) == [
                "- SYN seq 0 - dropped x", "- SYN seq 0 again ->", "<- SYN,ACK seq 0 ack 1 -",
                "- PSH,ACK 5 bytes \"hello\" ->",
                "<- FIN,ACK seq 1 ack 6 -", "- FIN,ACK seq 6 ack 2 ->",
            ])
        #expect(
            run.output.contains(
                "The server closed first; the connection ended by FIN.\nTIME-WAIT is on the server's host"))
        #expect(run.lines.last == "The client's command exited with 0, the server's command was still running.")
    }

    @Test("A client that sends nothing, a server that never listens, half of what is needed")
    func programsThatFail() async throws {
        let step = [product("chat-lab"), "step"]
        let listener = "exec python3 -c 'import socket; s = socket.create_server((\"server\", 8000)); s.accept()'"
        let silent = try await withProgram(step + ["--server", listener, "--client", "exit 3"], input: "")
        #expect(silent.status == 0)
        #expect(
            silent.output.hasSuffix(
                "No segment was sent.\nNeither host holds TIME-WAIT.\nThe client's command exited with 3, the server's command was still running.\n"
            ))
        let none = try await withProgram(step + ["--server", "exit 3", "--client", "true"], input: "")
        #expect(none.status == 70)
        #expect(none.errors == "chat-lab: the server ended and never listened: exit status 3.\n")
        for wrong in [
            ["--server", "true"], ["--family", "6"], ["last-ack-lost", "--server", "true", "--client", "true"],
        ] {
            #expect(try await withProgram(step + wrong, input: "").status == 64)
        }
    }

    @Test("Without room for what it shows it says so: 74")
    func full() async throws {
        let command = ["sh", "-c", "exec \"$1\" step > /dev/full", "sh", product("chat-lab")]
        let run = try await withProgram(command, input: "")
        #expect(run.status == 74)
        #expect(run.errorsAtAnyPace == "chat-lab: standard output: ENOSPC (No space left on device)\n")
    }

    @Test("The end of the input lets everything cross, in the order that is pinned")
    func end() async throws {
        let run = try await step("")
        #expect(run.status == 0)
        #expect(
            run.output.contains(
                "The client closed first; the connection ended by FIN.\nTIME-WAIT is on the client's host"))
    }

    @Test("The server closes first where the client waits for it")
    func passive() async throws {
        let run = try await step(String(repeating: "\n", count: 30), "explicit-passive")
        #expect(arrows(run) == Self.beginning + ["<- FIN,ACK seq 10 ack 15 -", "- FIN,ACK seq 15 ack 11 ->"])
        #expect(
            run.output.contains(
                "The server closed first; the connection ended by FIN.\nTIME-WAIT is on the server's host"))
    }

    @Test("A dropped SYN comes again")
    func drop() async throws {
        let run = try await step("d\n\n")
        #expect(
            arrows(run).prefix(3) == ["- SYN seq 0 - dropped x", "- SYN seq 0 again ->", "<- SYN,ACK seq 0 ack 1 -"])
        #expect(run.status == 0)
    }

    @Test("A segment that is delivered twice is no trouble")
    func twice() async throws {
        let run = try await step("2\n")
        #expect(arrows(run).first == "- SYN seq 0 - twice >")
        #expect(run.status == 0)
    }

    @Test("A held segment is the next again under its letter")
    func hold() async throws {
        let run = try await step("h\nA\n\n\n")
        #expect(arrows(run).prefix(3) == ["- SYN seq 0 - held as A |", "- SYN seq 0 ->", "<- SYN,ACK seq 0 ack 1 -"])
    }

    @Test("A RST by hand ends it: its number is the right one")
    func reset() async throws {
        let run = try await step("\n\n\n\nr\n")
        #expect(arrows(run).contains { $0.contains("RST seq 1 injected") })
        // Behind the client's question comes something of the server's, an ACK or the answer.
        #expect(run.output.contains(/RST injected in the\s+server's\s+name/))
    }

    @Test("q ends it at once; what is no command is an error")
    func commands() async throws {
        let quit = try await step("?\nq\n")
        #expect(quit.status == 0)
        #expect(quit.lines.contains { $0.hasPrefix("Enter  deliver the next") })
        let wrong = try await step("dance\n")
        #expect(wrong.status == 65)
        #expect(wrong.errors == "chat-lab: not a command: dance\n")
    }

    @Test("An endless script ends with the conversation")
    func endless() async throws {
        let command = "yes '' | \"$1\" step explicit-reset"
        let run = try await withProgram(["bash", "-c", command, "bash", product("chat-lab")], input: "")
        #expect(run.status == 0)
        #expect(run.output.contains("The client closed first; a RST from the client ended the connection."))
    }

    @Test("What cannot be played is said: exit code 64", arguments: ["old-duplicate", "explicit-activ", "A1"])
    func usage(_ name: String) async throws {
        let run = try await withProgram([product("chat-lab"), "step", name], input: "")
        #expect(run.status == 64)
        #expect(run.output == "")
    }
}
