import Foundation
import Glibc
import Testing

private let canMakeHosts = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0

@Suite(
    "Stop-motion at a terminal", .enabled(if: canMakeHosts, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct StepTerminalTests {
    /// A person at the keys.
    private struct Player: Sendable {
        let lab: Program
        let terminal: Terminal

        /// The line that describes the next segment, such as `1 client → server  SYN  seq 0  window 64240`.
        private static func next(_ bytes: [UInt8]) -> (number: Int, line: String)? {
            guard let line = Screen(bytes).lines.last(where: { $0.hasPrefix("Next: ") })?.dropFirst(6) else {
                return nil
            }
            return Int(line.prefix { $0.isNumber }).map { ($0, String(line)) }
        }

        func press(_ key: String) throws { try lab.type(key) }

        func sees(_ text: String) async throws {
            do {
                try await terminal.output.satisfies(text) { bytes in
                    Screen(bytes).lines.contains { $0.contains(text) }
                }
            } catch {
                throw Output.NotSeen(description: "no \"\(text)\" in \(terminal.screen.joined(separator: "\n"))")
            }
        }

        /// Waits until the next segment is like this one: what a key has made the next may have a lower number than what was.
        func seesNext(_ text: String) async throws {
            try await terminal.output.satisfies("\(text) as the next segment") { bytes in
                Self.next(bytes)?.line.contains(text) ?? false
            }
        }

        /// Presses Enter until the next segment is like this one, which is left to wait.
        ///
        /// What the key before has done is to be on the screen already: of a stale one, the wrong segment is delivered.
        func goOn(to text: String) async throws {
            var last = 0
            while true {
                let seen = last
                try await terminal.output.satisfies("the segment behind \(seen)") {
                    Self.next($0).map { $0.number > seen } ?? false
                }
                guard let next = Self.next(terminal.output.bytes) else { continue }
                if next.line.contains(text) { return }
                last = next.number
                try press(Terminal.Key.enter)
            }
        }
    }

    private func play(
        _ experiment: String = "explicit-active", environment: [String: String] = [:],
        _ body: (Player) async throws -> Void
    ) async throws -> (Finished, Terminal) {
        let terminal = try Terminal(columns: 80)
        let before = terminal.settings
        let command = [product("chat-lab"), "step", experiment]
        let run = try await withProgram(command, terminal: terminal, environment: environment) { lab in
            try await body(Player(lab: lab, terminal: terminal))
        }
        #expect(terminal.settings == before)
        #expect(terminal.screen.allSatisfy { $0.count < 80 })
        #expect(run.output.contains("\u{1B}[?25h"))
        return (run, terminal)
    }

    @Test("Enter, from the SYN to the last ACK")
    func enter() async throws {
        let (run, terminal) = try await play { player in
            try await player.goOn(to: "client → server  ACK  seq 16 ack 11")
            try await player.sees("LAST-ACK")
            try player.press(Terminal.Key.enter)
            try await player.sees("-- ACK seq 16 ack 11 --")
            // A retransmission may still wait.
            try player.press("b")
            try await player.sees("chat-client exited with 0")
        }
        #expect(run.status == 0)
        // What a late copy leads to may end TIME-WAIT, and is said.
        #expect(terminal.screen.contains { $0.hasPrefix("The client closed first; the connection ended by FIN") })
        // The panel is gone, the ladder stays.
        #expect(!terminal.screen.contains { $0.hasPrefix("Next: ") || $0.hasPrefix("Enter ") })
        #expect(terminal.screen.contains { $0.contains("-- PSH,ACK question \"ping\" --") })
    }

    @Test("Without the client's last ACK the server's FIN comes again, and TIME-WAIT answers it")
    func lastAcknowledgement() async throws {
        let (run, terminal) = try await play { player in
            try await player.goOn(to: "client → server  ACK  seq 16 ack 11")
            try player.press("d")
            try await player.sees("-- dropped x")
            // The answer to a retransmission of the client's may come before it.
            try await player.goOn(to: "server → client  FIN,ACK  seq 10 ack 16")
            try await player.sees("retransmission of")
            try player.press(Terminal.Key.enter)
            try await player.sees("FIN,ACK seq 10 ack 16 again --")
            try player.press("b")
            try await player.sees("chat-client exited with 0")
        }
        #expect(run.status == 0)
        #expect(terminal.screen.contains { $0.contains("FIN,ACK seq 10 ack 16 again --") })
    }

    @Test("A segment that waits comes again, and that is counted")
    func copies() async throws {
        let (run, _) = try await play { player in
            try await player.sees("retransmitted 2 times")
            try player.press("b")
            try await player.sees("chat-client exited with 0")
        }
        #expect(run.status == 0)
    }

    @Test("The client's FIN is held until the server has sent its own: both close at the same time")
    func crossing() async throws {
        let (run, _) = try await play("simultaneous-close") { player in
            try await player.goOn(to: "client → server  FIN,ACK")
            try await player.sees("chat-server is stopped")
            try player.press("h")
            try await player.sees("Held: A ")
            try await player.goOn(to: "server → client  FIN,ACK")
            try player.press(Terminal.Key.enter)
            try await player.sees("CLOSING")
            try player.press("A")
            try await player.seesNext("client → server  FIN,ACK")
            try player.press("b")
            try await player.sees("chat-client exited with 0")
            try await player.sees("Both closed at the same time")
        }
        #expect(run.status == 0)
    }

    @Test("A RST in the server's name: the client program is told")
    func reset() async throws {
        let (run, _) = try await play { player in
            try await player.goOn(to: "server → client  PSH,ACK")
            try player.press("r")
            try await player.sees("RST seq 1 injected")
            try await player.sees("exit status 74")
            try player.press("b")
            try await player.sees("chat-client exited with 74")
        }
        #expect(run.status == 0)
    }

    @Test(
        "It is left in the middle: no process stays, and the terminal is as it was",
        arguments: [("q", nil, 0), ("\u{3}", nil, 130), ("", SIGTERM, 143)] as [(String, CInt?, CInt)])
    func leave(_ key: String, _ signal: CInt?, _ status: CInt) async throws {
        var started: [pid_t] = []
        let (run, _) = try await play { player in
            try await player.goOn(to: "client → server  PSH,ACK")
            started = try children(of: player.lab.process)
            try player.press(key)
            if let signal { player.lab.signal(signal) }
        }
        #expect(run.status == status)
        #expect(started.count >= 2)
        #expect(started.allSatisfy { kill($0, 0) != 0 })
    }

    @Test("Ctrl-Z gives the terminal back; it goes on where it was")
    func suspend() async throws {
        let (run, _) = try await play { player in
            try await player.goOn(to: "SYN,ACK")
            let during = player.terminal.settings
            try player.press(Terminal.Key.suspend)
            try await eventually("stopped") {
                try String(contentsOfFile: "/proc/\(player.lab.process)/stat", encoding: .utf8).contains(") T ")
            }
            #expect(player.terminal.settings != during)
            player.lab.signal(SIGCONT)
            try await eventually("the terminal is taken again") { player.terminal.settings == during }
            try player.press("b")
            try await player.sees("chat-client exited with 0")
        }
        #expect(run.status == 0)
    }

    @Test("NO_COLOR: no colours", arguments: ["1", ""])
    func colour(_ value: String) async throws {
        let (run, _) = try await play(environment: ["NO_COLOR": value]) { player in
            try await player.sees("Next: 1 ")
            try player.press("q")
        }
        #expect(run.output.contains("\u{1B}[1m") == value.isEmpty)
    }

    @Test("At a terminal that cannot move its cursor each segment is described before its line is read")
    func dumb() async throws {
        let terminal = try Terminal(columns: 80)
        let run = try await withProgram(
            [product("chat-lab"), "step"], terminal: terminal, environment: ["TERM": "dumb"]
        ) { lab in
            let player = Player(lab: lab, terminal: terminal)
            try await player.sees("1 client → server  SYN  seq 0")
            try player.press("\n")
            try await player.sees("2 server → client  SYN,ACK  seq 0 ack 1")
            try player.press("b\n")
            try await player.sees("chat-client exited with 0")
        }
        #expect(run.status == 0)
        #expect(!run.output.contains("\u{1B}"))
    }

    private func children(of process: pid_t) throws -> [pid_t] {
        let folder = "/proc/\(process)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).flatMap { thread -> [pid_t] in
            let children = (try? String(contentsOfFile: "\(folder)/\(thread)/children", encoding: .utf8)) ?? ""
            return children.split(separator: " ").compactMap { pid_t($0) }
        }
    }
}
