import Foundation
import Glibc
import Recordings
import Testing

/// Whether chat-lab can make its hosts here without asking anybody.
private let canMakeHosts = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0

@Suite("The laboratory's command line", .serialized, .timeLimit(.minutes(5)))
struct LabTests {
    private func lab(_ arguments: String...) async throws -> Finished {
        try await withProgram([product("chat-lab")] + arguments, input: "")
    }

    @Test(
        "chat-lab takes no such arguments: exit code 64",
        arguments: [
            ["run", "--nonsense"], ["run", "--family", "5"], ["run", "--repeat", "0"], ["run", "--jobs", "0"],
            ["run", "--format", "xml"], ["run", "no-such-cell"], ["run", "z*"],
            ["run", "explicit-active", "--family", "6"], ["run", "--expect", "/no/such/file"],
            ["run", "--expect", "/dev/null"], ["run", "--expect", ""], ["run", "--output", ""], ["show"],
            ["show", "no-such-claim"], ["list", "surplus"], ["stroll"],
        ])
    func usage(_ arguments: [String]) async throws {
        let run = try await withProgram([product("chat-lab")] + arguments, input: "")
        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(run.errors.contains("Error: "))
    }

    @Test("A name that is nearly right is corrected")
    func suggestion() async throws {
        #expect(try await lab("run", "explicit-activ").errors.contains("did you mean explicit-active"))
    }

    @Test("Alone it explains itself; --help lists the exit status")
    func help() async throws {
        let alone = try await lab()
        #expect(alone.status == 0)
        #expect(alone.output.contains("SUBCOMMANDS"))
        let help = try await lab("run", "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("EXIT STATUS"))
        #expect(try await lab("--version").output.hasPrefix("chat-lab "))
    }

    @Test("list names the experiments and the matrix; list --cells its cells")
    func list() async throws {
        let list = try await lab("list")
        #expect(list.status == 0)
        #expect(list.lines.contains { $0.hasPrefix("matrix ") && $0.contains("\(Matrix.cells().count) cells") })
        #expect(list.lines.allSatisfy { $0.count <= 100 })
        let cells = try await lab("list", "--cells")
        #expect(cells.lines == Matrix.cells().map(\.id))
    }

    @Test(
        "show tells of a claim, an experiment, a cell",
        arguments: [
            ("A1", "reconnects at once fails"), ("old-duplicate", "look for"),
            ("explicit-reuse-old-linger", "--local-port 50001 --reuse-address"),
        ])
    func show(_ name: String, _ text: String) async throws {
        let show = try await lab("show", name)
        #expect(show.status == 0)
        #expect(show.output.contains(text))
    }

    @Test(
        "Without privileges it says what is missing, and what to do: exit code 77",
        .enabled(if: geteuid() == 0, "only root can become somebody else"),
        .enabled(if: access("/dev/net/tun", F_OK) == 0, "there is no device to close"))
    func privileges() async throws {
        // The build folder may be closed to others: the copy of one program is enough.
        try await withTemporaryFolder { folder in
            let copy = "\(folder)/chat-lab"
            try FileManager.default.copyItem(atPath: product("chat-lab"), toPath: copy)
            chmod(folder, 0o755)
            // Where the device is open to all, as udev leaves it, something that is not lies over it, for this test alone.
            let closed = """
                umask 177; : > "$0/closed"; mount --bind "$0/closed" /dev/net/tun
                exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
                """
            let command = ["unshare", "--mount", "sh", "-ec", closed, folder, copy, "run", "explicit-active"]
            let run = try await withProgram(command, input: "")
            #expect(run.status == 77)
            #expect(run.output == "")
            #expect(run.errors.contains("/dev/net/tun: EACCES"))
            #expect(run.errors.contains("sudo chat-lab run explicit-active"))
        }
    }

    @Test(
        "Root is told what is missing, and not to become root",
        .enabled(if: canMakeHosts, "needs root and /dev/net/tun"))
    func noIPv6() async throws {
        let script = "mount -t tmpfs none /proc/sys/net; exec \"$0\" run explicit-active"
        let command = ["unshare", "--mount", "sh", "-ec", script, product("chat-lab")]
        let run = try await withProgram(command, input: "")
        #expect(run.status == 77)
        #expect(run.errors.contains("this kernel has no IPv6: /proc/sys/net/ipv6: ENOENT"))
        #expect(!run.errors.contains("sudo chat-lab"))
    }
}

@Suite(
    "Runs of the laboratory", .enabled(if: canMakeHosts, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct LabRunTests {
    private func lab(_ arguments: String...) async throws -> Finished {
        try await withProgram([product("chat-lab"), "run"] + arguments, input: "") { _ in }
    }

    private func report(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("One cell, as JSON")
    func json() async throws {
        let run = try await lab("explicit-active", "--format", "json")
        #expect(run.status == 0)
        #expect(run.errorsAtAnyPace == "")
        let report = try report(run.output)
        #expect(report["schema"] as? Int == 2)
        let cells = try #require(report["cells"] as? [[String: Any]])
        #expect(cells.map { $0["id"] as? String } == ["explicit-active"])
        #expect(cells[0]["timeWait"] as? String == "client")
        #expect(cells[0]["bytesLost"] as? Int == 0)
        let states = try #require(report["states"] as? [String: Any])
        #expect((states["visited"] as? [String])?.contains("TIME-WAIT") == true)
    }

    @Test("A report is written with its captures, and the next run says where it does not agree with it")
    func difference() async throws {
        try await withTemporaryFolder { folder in
            let first = try await lab("explicit-reset", "--output", folder)
            #expect(first.status == 0)
            #expect(first.errors.contains("The report is in \(folder)/report.html"))
            let files = FileManager.default
            #expect(files.fileExists(atPath: "\(folder)/report.md"))
            #expect(files.fileExists(atPath: "\(folder)/cells/explicit-reset.pcap"))

            let file = "\(folder)/report.json"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let changed = text.replacing("\"ending\" : \"rst\"", with: "\"ending\" : \"fin\"")
            try changed.write(toFile: file, atomically: true, encoding: .utf8)
            let third = try await lab("explicit-reset", "--expect", file)
            #expect(third.status == 1)
            #expect(third.errors.contains("explicit-reset: ending: expected fin, seen rst"))
        }
    }

    @Test("A run that agrees with another one, and with an earlier report, says so")
    func agreement() async throws {
        try await withTemporaryFolder { folder in
            #expect(try await lab("self-connection", "--output", folder).status == 0)
            let again = try await lab("self-connection", "--expect", "\(folder)/report.json", "--repeat", "2")
            #expect(again.status == 0)
            #expect(again.errors.contains("2 runs, all equal"))
            #expect(again.errors.contains("0 cells and 2 claims compared with --expect: all equal"))
        }
    }

    @Test("The earlier report may come from a pipe")
    func expectationFromPipe() async throws {
        try await withTemporaryFolder { folder in
            #expect(try await lab("self-connection", "--output", folder).status == 0)
            let command = "\"$1\" run self-connection --expect <(cat \"$2\")"
            let run = try await withProgram(
                ["bash", "-c", command, "bash", product("chat-lab"), "\(folder)/report.json"], input: "")
            #expect(run.status == 0)
            #expect(run.errors.contains("compared with --expect: all equal"))
        }
    }

    @Test("A reader that goes away is no error")
    func brokenPipe() async throws {
        let command = "\"$1\" run explicit-reset | head -1; echo ${PIPESTATUS[0]}"
        let run = try await withProgram(["bash", "-c", command, "bash", product("chat-lab")], input: "")
        #expect(run.lines.last == "0")
        #expect(run.errorsAtAnyPace == "")
    }

    @Test("On a terminal a line shows how far it is, and is gone in the end")
    func progress() async throws {
        let terminal = try Terminal()
        let command = [product("chat-lab"), "run", "explicit-reset", "--no-pager"]
        let run = try await withProgram(command, terminal: terminal)
        #expect(run.status == 0)
        let lines = run.output.components(separatedBy: "\r\u{1B}[K")
        #expect(lines.contains { $0.hasPrefix("0 of 1 cells, ") })
        // Behind the last of them there is the report alone.
        #expect(lines.last?.contains("of 1 cells") == false)
        #expect(lines.last?.contains("1 cell, 0 experiments in ") == true)
    }

    @Test(
        "A signal ends it with everything that it has started",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(CInt, CInt)])
    func signals(signal: CInt, status: CInt) async throws {
        let run = try await withProgram([product("chat-lab"), "run", "matrix"]) { lab in
            try await eventually("programs on its hosts") { try descendants(of: lab.process).count > 2 }
            let started = try descendants(of: lab.process)
            lab.signal(signal)
            try await eventually("their end") { started.allSatisfy { kill($0, 0) != 0 } }
        }
        #expect(run.status == status)
        let name = signal == SIGINT ? "SIGINT" : "SIGTERM"
        #expect(run.errorsAtAnyPace == "chat-lab: ended by \(name) before everything ran\n")
    }

    @Test("What was found until a signal came is shown and written")
    func interruption() async throws {
        try await withTemporaryFolder { folder in
            let terminal = try Terminal()
            let command = [product("chat-lab"), "run", "matrix", "--no-pager", "--output", folder]
            let run = try await withProgram(command, terminal: terminal) { lab in
                try await lab.output.until(/[1-9]\d* of \d+ cells/)
                lab.signal(SIGINT)
            }
            #expect(run.status == 130)
            let count = try #require(run.output.firstMatch(of: /These are [1-9]\d* of (\d+) cells/)?.1)
            #expect(Int(count) == Matrix.cells().count)
            #expect(run.output.contains("The run ended before everything had run."))
            #expect(run.output.contains("chat-lab: ended by SIGINT before everything ran"))
            let report = try report(String(contentsOfFile: "\(folder)/report.json", encoding: .utf8))
            #expect((report["cells"] as? [Any])?.isEmpty == false)
            #expect((report["failures"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("A signal ends it also while its result is written")
    func signalAtTheEnd() async throws {
        // A pipe that takes less than the report, and is not read: writing it takes as long as the reader likes.
        let script = """
            import fcntl, os, signal, struct, subprocess, sys, termios, time
            read, write = os.pipe()
            size = fcntl.fcntl(write, 1031, 4096)  # F_SETPIPE_SZ
            cells = ["explicit-active", "explicit-passive", "explicit-reset"]
            lab = subprocess.Popen([sys.argv[1], "run", *cells, "--format", "json"], stdout=write)
            while struct.unpack("i", fcntl.ioctl(read, termios.FIONREAD, bytes(4)))[0] < size:
                assert lab.poll() is None, "the report fits the pipe"
                time.sleep(0.01)
            lab.send_signal(signal.SIGINT)
            try:
                print(lab.wait(10))
            finally:
                lab.kill()
            """
        let run = try await withProgram(["python3", "-c", script, product("chat-lab")], input: "")
        #expect(run.output == "-2\n")
    }

    /// The chat programs that a process has started, and what it has started them with.
    private func descendants(of process: pid_t) throws -> [pid_t] {
        let folder = "/proc/\(process)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).flatMap { thread -> [pid_t] in
            let children = (try? String(contentsOfFile: "\(folder)/\(thread)/children", encoding: .utf8)) ?? ""
            return children.split(separator: " ").compactMap { pid_t($0) }
        }
    }
}
