import Glibc
import TCPSockets
import Testing

@testable import Bench
@testable import Recordings
@testable import TestSupport

@Suite(
    "A program on a host", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct ProgramTests {
    private struct Boom: Error {}

    private func shell(_ script: String) -> [String] { ["/bin/sh", "-c", script] }

    @Test("has its lines, its messages and its calls kept apart")
    func streams() async throws {
        let call =
            #"{"t":1.5,"call":"bind","arguments":{"fd":4,"address":"192.0.2.1:50001"},"result":-1,"errno":"EADDRINUSE","state":null}"#
        let script = "echo one; echo >&2 two; echo >&2 '\(call)'; echo; echo >&2 '{three'; echo four"
        let program = try await Host(.client).run(shell(script)) { _ in }
        #expect(program.status == 0)
        #expect(program.lines == ["one", "", "four"])
        #expect(program.messages == ["two", "{three"])
        #expect(program.complaint == "two {three")
        let found = try #require(program.calls.first)
        #expect(program.calls.count == 1)
        #expect((found.time, found.call, found.result) == (1.5, .bind, -1))
        #expect((found.errno, found.state, found.descriptor) == (.addressInUse, nil, 4))
        #expect(found.address.map(String.init(describing:)) == "192.0.2.1:50001")
    }

    @Test(
        "tells how it ended", arguments: [("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", 143), ("kill -KILL $$", 137)])
    func status(_ script: String, _ status: Int32) async throws {
        #expect(try await Host(.client).run(shell(script)) { _ in }.status == status)
    }

    @Test("reads what is said to it, and its input ends with the body")
    func conversation() async throws {
        let program = try await Host(.client).run(["/bin/cat"]) { program async throws in
            program.say("one")
            #expect(try await program.nextLine() == "one")
            program.say("two")
            #expect(try await program.nextLine() == "two")
        }
        #expect(program.status == 0)
        #expect(program.lines == ["one", "two"])
    }

    @Test("gives nil for a line behind its last")
    func endOfOutput() async throws {
        _ = try await Host(.client).run(shell("echo one; echo two")) { program async throws in
            #expect(try await program.nextLine() == "one")
            #expect(try await program.nextLine() == "two")
            #expect(try await program.nextLine() == nil)
            #expect(try await program.nextLine() == nil)
        }
    }

    @Test("may have ended when something is said to it: nobody else dies of that")
    func sayTooLate() async throws {
        let program = try await Host(.client).run(shell("exec <&-; echo deaf")) { program async throws in
            #expect(try await program.nextLine() == "deaf")
            #expect(try await program.nextLine() == nil)
            for _ in 0..<3 { program.say("is anybody there?") }
            program.endInput()
            program.say("no?")
        }
        #expect(program.status == 0)
    }

    @Test("that ends without an awaited message is told from one that takes its time, with all that it said")
    func missingMessage() async throws {
        for _ in 0..<20 {
            let error = await #expect(throws: LaboratoryError.self) {
                try await Host(.client).run(shell("echo >&2 sorry; exit 9")) { program async throws in
                    try await program.message("success") { $0 == "success" }
                }
            }
            #expect(error?.description == #"sh on the client's host ended without success: ["sorry"]"#)
        }
    }

    @Test("that says nothing is named, with what it should have said")
    func silence() async throws {
        let error = await #expect(throws: NotSeen.self) {
            try await Host(.server).run(["sleep", "1000"]) { program async throws in
                _ = try await program.nextLine("to listen", within: .milliseconds(100))
            }
        }
        #expect(error?.description == "gave up after waiting 0.1 s for sleep on the server's host to listen")
    }

    @Test("is killed when its body throws")
    func bodyThrows() async throws {
        let process = ConditionVariable<Int32?>(nil)
        await #expect(throws: Boom.self) {
            try await Host(.client).run(["sleep", "1000"]) { program async throws in
                process.change { $0 = program.process }
                throw Boom()
            }
        }
        #expect(!exists(try #require(process.state)))
    }

    @Test("is killed when it does not end in time", arguments: ["", "exec >&- 2>&-;"])
    func patience(_ beforehand: String) async throws {
        let process = ConditionVariable<Int32?>(nil)
        let start = ContinuousClock.now
        let error = await #expect(throws: LaboratoryError.self) {
            try await Host(.client).run(shell("\(beforehand) exec sleep 1000"), patience: .milliseconds(200)) {
                program async throws in
                process.change { $0 = program.process }
            }
        }
        #expect(error?.description == "sh on the client's host did not end within 0.2 s")
        #expect(!exists(try #require(process.state)))
        #expect(ContinuousClock.now - start < .seconds(40))
    }

    @Test("is killed with what it has started, which has its streams too")
    func group() async throws {
        let child = ConditionVariable<Int32?>(nil)
        let start = ContinuousClock.now
        await #expect(throws: Boom.self) {
            try await Host(.client).run(shell("sleep 1000 & echo $!; wait")) { program async throws in
                let number = try await program.nextLine().flatMap { Int32($0) }
                child.change { $0 = number }
                throw Boom()
            }
        }
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(isGone(try #require(child.state)))
    }

    @Test("is killed when the task that runs it is cancelled")
    func cancellation() async throws {
        let process = ConditionVariable<Int32?>(nil)
        let task = Task {
            try await Host(.client).run(["sleep", "1000"]) { program async throws in
                process.change { $0 = program.process }
                _ = try await program.nextLine(within: .seconds(50))
            }
        }
        let number = try await process.until("the process") { $0 }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(!exists(number))
    }

    @Test("that is not there is an error, which names it")
    func missing() async throws {
        let error = await #expect(throws: LaboratoryError.self) {
            try await Host(.client).run(["/no/such/program"]) { _ in }
        }
        #expect(
            error?.description == "/no/such/program cannot be started: execve: ENOENT (No such file or directory)")
    }

    @Test("cannot be started in what is no network namespace, and the call that failed is named")
    func noNetwork() async throws {
        let nothing = try OwnDescriptor("open", open("/dev/null", O_RDWR | O_CLOEXEC))
        let streams = StartingThread.Streams(input: nothing, output: nothing, messages: nothing)
        let error = await #expect(throws: LaboratoryError.self) {
            try await StartingThread.start(in: nothing.number, ["/bin/true"], environment: [], streams)
        }
        #expect(error?.description == "/bin/true cannot be started: setns(CLONE_NEWNET): EINVAL (Invalid argument)")
    }

    @Test("is started also when poll() has failed meanwhile")
    func noPoll() async throws {
        await #expect(processExitsWith: .success) {
            // For a thread that is gone one waits for ever.
            alarm(60)
            let nothing = try OwnDescriptor("open", open("/dev/null", O_RDWR | O_CLOEXEC))
            let streams = StartingThread.Streams(input: nothing, output: nothing, messages: nothing)
            let host = try await Host(.client)
            _ = try await host.run(["true"]) { _ in }
            // poll(2): more descriptors than the limit allows are EINVAL.
            var limit = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            getrlimit(resource, &limit)
            var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
            setrlimit(resource, &none)
            for _ in 1...2 {
                let error = await #expect(throws: LaboratoryError.self) {
                    try await StartingThread.start(in: host.network.number, ["/bin/true"], environment: [], streams)
                }
                #expect(error?.description == "/bin/true cannot be started: dup2: EBADF (Bad file descriptor)")
            }
            setrlimit(resource, &limit)
            #expect(try await host.run(["true"]) { _ in }.status == 0)
        }
    }

    @Test("cannot be started without descriptors, and the remedy is named")
    func noDescriptors() {
        #expect(
            LaboratoryError("pipe2", EMFILE).description
                == "pipe2: EMFILE (Too many open files); raise the limit: ulimit -n")
        #expect(LaboratoryError("pipe2", ENFILE).description == "pipe2: ENFILE (Too many open files in system)")
    }

    @Test("may write more than a pipe holds, to both streams, and all of it arrives")
    func largeOutput() async throws {
        let script = "seq 1 40000; seq 1 40000 >&2; head -c 100000 /dev/zero | tr '\\0' x; echo; echo last"
        let program = try await Host(.client).run(shell(script)) { _ in }
        let numbers = (1...40_000).map(String.init)
        #expect(program.messages == numbers)
        #expect(program.lines == numbers + [String(repeating: "x", count: 100_000), "last"])
    }

    @Test("has all of its last words heard, however soon it ends", arguments: 1...20)
    func lastWords(_ round: Int) async throws {
        let program = try await Host(.client).run(shell("seq 1 10000; seq 1 10000 >&2")) { _ in }
        #expect(program.lines.count == 10_000)
        #expect(program.messages.count == 10_000)
    }

    @Test("is on its host and nowhere else, with a plain environment")
    func surroundings() async throws {
        let script = "cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' ' | sort; env | grep -v ^PWD= | sort"
        let program = try await Host(.server).run(shell(script)) { _ in }
        #expect(
            program.lines.filter { !$0.hasPrefix("_=") && !$0.hasPrefix("SHLVL=") } == [
                "lo", "wire", "LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            ])
    }

    @Test("inherits nothing: no descriptor, no blocked or ignored signal")
    func inheritance() async throws {
        let script = "grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f2; cd /proc/self/fd; echo *"
        let program = try await Host(.client).run(shell(script)) { _ in }
        let lines = program.lines
        try #require(lines.count == 3)
        // Those above 31 are the C library's own and the real-time ones, of which no program here knows.
        for signals in lines.prefix(2) {
            #expect(UInt32(truncatingIfNeeded: try #require(UInt64(signals, radix: 16))) << 1 == 0)
        }
        // The fourth is the folder that is being read.
        #expect(lines[2] == "0 1 2 3")
    }

    @Test("may write a line that is longer than anybody would read")
    func longLine() async throws {
        let script = "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo last"
        let program = try await Host(.client).run(shell(script)) { _ in }
        #expect(program.lines.map(\.utf8.count) == [1_000_000, 4])
        #expect(program.status == 0)
    }

    @Test("is gone when the laboratory is killed")
    func laboratoryKilled() async throws {
        // A length of sleep that nobody else asks for marks the process.
        let mark = "1000.\(getpid())"
        await #expect(processExitsWith: .signal(SIGKILL)) { [mark = mark as String] in
            _ = try await Host(.client).run(["sleep", mark]) { program async throws in
                while try readText("/proc/\(program.process)/cmdline") != "sleep\0\(mark)\0" {
                    try await Task.sleep(for: .milliseconds(1))
                }
                kill(getpid(), SIGKILL)
            }
        }
        for _ in 0..<1000 where isRunning("sleep\0\(mark)\0") { try await Task.sleep(for: .milliseconds(5)) }
        #expect(!isRunning("sleep\0\(mark)\0"))
    }
}

/// Whether a process has ended: nobody may have reaped it yet.
private func isGone(_ process: Int32) -> Bool {
    guard let text = try? readText("/proc/\(process)/stat") else { return true }
    return text.split(separator: ")").last?.hasPrefix(" Z ") == true
}

private func exists(_ process: Int32) -> Bool { kill(process, 0) == 0 }

/// Whether any process has this command line.
private func isRunning(_ commandLine: String) -> Bool {
    guard let directory = opendir("/proc") else { return false }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if let number = Int32(name), (try? readText("/proc/\(number)/cmdline")) == commandLine { return true }
    }
    return false
}
