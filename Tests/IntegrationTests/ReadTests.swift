import Foundation
import Synchronization
import Testing

@testable import TestSupport

@Suite("chat-lab read", .timeLimit(.minutes(5)))
struct ReadTests {
    private static let root = #filePath.components(separatedBy: "/Tests/")[0]
    private static let sample = root + "/docs/sample/cells/explicit-active.pcap"

    private func read(_ arguments: String...) async throws -> Finished {
        try await withProgram([product("chat-lab"), "read"] + arguments, input: "")
    }

    private func complaints(_ json: String) throws -> [String] {
        let schema = try JSONSchema(
            json: String(contentsOfFile: Self.root + "/docs/schema/story.json", encoding: .utf8))
        return schema.complaints(about: try JSONValue(json: json)).map { "\($0)" }
    }

    @Test("tells of a capture who closed first, and who holds TIME-WAIT")
    func text() async throws {
        let run = try await read(Self.sample)
        #expect((run.status, run.errors) == (0, ""))
        #expect(run.output.contains("192.0.2.2:7000: 1 connection\n    closed first  client 1 (1 with a FIN)"))
        #expect(run.output.contains("192.0.2.1: up to 1 in TIME-WAIT at once"))
        #expect(run.output.contains("The client closed first, with a FIN"))
        let ladder = try await read(Self.sample, "--connection", "1")
        #expect(ladder.status == 0)
        #expect(ladder.output.contains("SYN seq 0 ---"))
        #expect(try await read(Self.sample, "--connection", "9").status == 66)
    }

    @Test("prints a document that keeps to its schema; from a pipe a connection a line")
    func json() async throws {
        let document = try await read(Self.sample, "--format", "json")
        #expect(document.status == 0)
        #expect(try complaints(document.output) == [])
        let command = "cat \"$1\" | \"$0\" read - --format json"
        let lines = try await withProgram(["sh", "-c", command, product("chat-lab"), Self.sample], input: "")
        #expect(lines.lines.count == 1)
        #expect(try complaints(lines.output) == [])
        #expect(lines.output.contains("\"firstToClose\":\"client\""))
    }

    @Test("A connection is shown when it ends, and not when the pipe does")
    func pipe() async throws {
        let capture = try Data(contentsOf: URL(filePath: Self.sample))
        let run = try await withProgram([product("chat-lab"), "read", "-", "--format", "json"]) { reader in
            try reader.type(Array(capture))
            try await reader.output.contains("\"ending\":\"fin\"")
            reader.signal(SIGINT)
        }
        #expect(run.status == 130)
        #expect(run.lines.count == 1)
    }

    @Test("SIGINT ends the wait for a FIFO's writer: 130", .enabled(if: geteuid() == 0, "needs root to read wchan"))
    func fifo() async throws {
        try await withTemporaryFolder { folder in
            #expect(mkfifo("\(folder)/fifo", 0o600) == 0)
            let run = try await withProgram([product("chat-lab"), "read", "\(folder)/fifo"]) { reader in
                // proc(5), wchan: where the kernel waits; fs/pipe.c, fifo_open.
                try await eventually("the reader waits in open()") {
                    try String(contentsOf: URL(filePath: "/proc/\(reader.process)/wchan"), encoding: .utf8)
                        == "wait_for_partner"
                }
                reader.signal(SIGINT)
            }
            #expect(run.status == 130)
            #expect(run.errors == "")
        }
    }

    @Test("SIGINT before a FIFO's writer has written anything: 130")
    func emptyFIFO() async throws {
        try await withTemporaryFolder { folder in
            #expect(mkfifo("\(folder)/fifo", 0o600) == 0)
            let writer = Mutex<FileHandle?>(nil)
            let run = try await withProgram([product("chat-lab"), "read", "\(folder)/fifo"]) { reader in
                // Opens it when the reader does, and holds it until the reader has ended.
                let opened = try FileHandle(forWritingTo: URL(filePath: "\(folder)/fifo"))
                writer.withLock { $0 = opened }
                reader.signal(SIGINT)
            }
            #expect(run.status == 130)
            #expect(run.errors == "")
            try writer.withLock { try $0?.close() }
        }
    }

    @Test("A damaged capture is shown as far as it goes: 65. No capture: 65. None there: 66")
    func errors() async throws {
        try await withTemporaryFolder { folder in
            let damaged = "\(folder)/damaged.pcap"
            try Data(contentsOf: URL(filePath: Self.sample)).dropLast(5).write(to: URL(filePath: damaged))
            let run = try await read(damaged)
            #expect(run.status == 65)
            #expect(run.output.contains("Read as far as it goes: packet"))
            #expect(run.output.contains("The client closed first"))
        }
        #expect(try await read(#filePath).status == 65)
        let missing = try await read("/no/such/file")
        #expect(missing.status == 66)
        #expect(missing.errors == "chat-lab: open /no/such/file: ENOENT (No such file or directory)\n")
    }

    @Test(
        "Flags that are wrong: 64",
        arguments: [
            [], ["x", "--seconds", "1"], ["x", "--connection", "0"], ["x", "--top", "-1"], ["x", "--format", "xml"],
            ["x", "--connection", "1", "--format", "json"], ["--interface", "lo", "--seconds", "0"],
        ] as [[String]])
    func usage(_ arguments: [String]) async throws {
        #expect(try await withProgram([product("chat-lab"), "read"] + arguments, input: "").status == 64)
    }

    @Test("A name from outside drives no terminal, neither in the result nor in a complaint")
    func names() async throws {
        try await withTemporaryFolder { folder in
            let name = "\(folder)/\u{1B}[31mred.pcap"
            try FileManager.default.copyItem(atPath: Self.sample, toPath: name)
            let run = try await read(name)
            #expect(run.status == 0)
            #expect(run.output.contains("^[[31mred.pcap: 1 connection"))
            let missing = try await read(name + "2")
            #expect(missing.errors.contains("^[[31mred.pcap2"))
            for text in [run.output, missing.errors] { #expect(!text.contains("\u{1B}")) }
        }
    }

    @Test("--output writes a page with drawings and the document")
    func output() async throws {
        try await withTemporaryFolder { folder in
            let run = try await read(Self.sample, "--output", "\(folder)/out")
            #expect((run.status, run.errors) == (0, ""))
            let page = try String(contentsOfFile: "\(folder)/out/report.html", encoding: .utf8)
            #expect(page.contains("<svg class=\"sq\""))
            // The packets of each drawn connection lie beside it, and tell the same.
            #expect(page.contains("<a href=\"connections/1.pcap\">"))
            let again = try await read("\(folder)/out/connections/1.pcap", "--format", "json")
            #expect(again.status == 0)
            #expect(again.output.contains("\"firstToClose\":\"client\""))
            #expect(page.contains("The client closed first, with a FIN"))
            #expect(try complaints(String(contentsOfFile: "\(folder)/out/report.json", encoding: .utf8)) == [])
        }
    }

    @Test(
        "tshark sees the same in the captures that are kept for people",
        .enabled(if: isInstalled("tshark"), "tshark is not installed"))
    func agreement() async throws {
        let script = Self.root + "/Tests/captures/agree.py"
        // tshark wants a place for its settings.
        let run = try await withTemporaryFolder { home in
            try await withProgram(
                ["python3", script, product("chat-lab"), Self.root + "/docs/sample/cells"], environment: ["HOME": home],
                input: "")
        }
        #expect((run.status, run.errors) == (0, ""))
        #expect(run.output.hasPrefix("tshark agrees on "))
    }
}
