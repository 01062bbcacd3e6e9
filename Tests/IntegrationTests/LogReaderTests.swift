import ChatProtocol
import Foundation
import Glibc
import Testing

/// A pipe with a name, whose reader reads when the test wants it to.
final class SlowReader {
    let path: String
    private let descriptor: CInt
    private(set) var text = ""

    init(in folder: String) throws {
        path = "\(folder)/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        try #require(descriptor >= 0)
        try #require(fcntl(descriptor, F_SETPIPE_SZ, 4096) == 4096)
    }

    deinit { close(descriptor) }

    private var F_SETPIPE_SZ: CInt { 1031 }

    /// How many bytes wait for the reader.
    var waiting: Int {
        var count: CInt = 0
        _ = ioctl(descriptor, UInt(FIONREAD), &count)
        return Int(count)
    }

    /// Reads all that is there.
    func read() {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = Glibc.read(descriptor, &chunk, chunk.count), count > 0 {
            text += String(decoding: chunk[..<count], as: UTF8.self)
        }
    }
}

@Suite("The reader of the log", .serialized, .timeLimit(.minutes(5)))
struct LogReaderTests {
    /// Starts a program with its standard error in a file.
    private func errors(to path: String) -> [String] { ["sh", "-c", #"exec "$@" 2>"$0""#, path] }

    @Test(
        "that stops reading keeps nobody waiting, not even SIGTERM, whatever is written there",
        arguments: [[], ["--trace", "text"]])
    func stops(flags: [String]) async throws {
        try await withTemporaryFolder { folder in
            let reader = try SlowReader(in: folder)
            try await withServer(["--answer", "echo"] + flags, wrapper: errors(to: reader.path)) { server in
                let good = try await Peer.connect(to: server.endpoint)
                for number in 1...300 {
                    let other = try await Peer.connect(to: server.endpoint)
                    #expect(try await other.ask("\(number)") == .message(.answer("\(number)")))
                    try other.close()
                }
                #expect(reader.waiting > 3000)
                #expect(try await good.ask("one") == .message(.answer("one")))
                let start = ContinuousClock.now
                server.program.signal(SIGTERM)
                #expect(try await good.next().errorCode == .shuttingDown)
                #expect(ContinuousClock.now - start < .seconds(3))
            }
        }
    }

    @Test("that reads on gets whole lines, each of them or the number of those left out")
    func readsOn() async throws {
        try await withTemporaryFolder { folder in
            let reader = try SlowReader(in: folder)
            try await withServer(["--answer", "echo", "--trace", "text"], wrapper: errors(to: reader.path)) { server in
                // More than is kept for it.
                let peer = try await Peer.connect(to: server.endpoint)
                for _ in 1...20_000 { #expect(try await peer.ask("") == .message(.answer(""))) }
                try await eventually("the number of those left out") {
                    reader.read()
                    return reader.text.contains("the reader of the log did not keep up\n")
                }
                let lines = reader.text.split(separator: "\n")
                #expect(
                    lines.contains { $0.contains(/warning chat-server: \[ChatServer\] \d+ log lines were left out/) })
                #expect(lines.allSatisfy { $0.contains(/^\d+\.\d{6} |^\d{4}-/) })
            }
        }
    }

    @Test("The flags of a standard error that others share are left alone")
    func sharedFlags() async throws {
        try await withTemporaryFolder { folder in
            let reader = try SlowReader(in: folder)
            try await withServer(["--answer", "echo"], wrapper: errors(to: reader.path)) { server in
                let flags = try String(contentsOfFile: "/proc/\(server.process)/fdinfo/2", encoding: .utf8)
                let line = try #require(flags.split(separator: "\n").first { $0.hasPrefix("flags:") })
                let bits = try #require(Int(line.split(separator: "\t")[1], radix: 8))
                #expect(bits & Int(O_NONBLOCK) == 0)
            }
        }
    }

    @Test(
        "A client that connects and leaves as fast as it can makes so many lines and not more, and the rest is counted")
    func flood() async throws {
        let server = try await withServer { server in
            for _ in 0..<40 {
                var peers: [Peer] = []
                for _ in 0..<100 { peers.append(try await .connect(to: server.endpoint)) }
                for peer in peers { try peer.close() }
            }
            try await server.log.contains("log lines were left out: more than 50 a second\n")
        }
        let lines = server.errors.ranges(of: "conversation over").count
        let leftOut = server.errors.matches(of: /(\d+) log lines? (was|were) left out/).compactMap { Int($0.1) }
        #expect(lines < 4000)
        #expect(lines + leftOut.reduce(0, +) == 4000)
    }
}
