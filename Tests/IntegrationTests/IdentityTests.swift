import ChatProtocol
import Foundation
import Testing

@Suite("Identity", .timeLimit(.minutes(5)))
struct IdentityTests {
    /// Makes identities, each in a file of its own, and one file with all of them, for the server.
    private func withIdentities(
        _ names: String..., body: (_ folder: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            var all = ""
            for name in names {
                let made = try await withProgram([product("chat-client"), "--new-identity", name], input: "")
                #expect(made.status == 0)
                all += made.output
                try write(made.output, "\(folder)/\(name)")
            }
            try write(all, "\(folder)/all")
            try await body(folder)
        }
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, 0o600)
    }

    private func key(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: " ")[1].trimmingCharacters(in: .newlines)
    }

    @Test("A client with a key is served by name, and the key is nowhere to be seen")
    func served() async throws {
        try await withIdentities("alice", "bob") { folder in
            let flags = [
                "--answer", "echo", "--identities", "\(folder)/all", "--transcript", "\(folder)/transcript", "--trace",
                "text",
            ]
            try await withServer(flags) { server in
                let run = try await withProgram(
                    clientCommand(server.port, ["--identity", "\(folder)/alice", "--trace", "text"]), input: "hello\n")
                #expect(run.status == 0)
                #expect(run.output == "hello\n")
                try await server.log.until("client=alice ending=exit")
                let key = try key("\(folder)/alice")
                #expect(!run.errors.contains(key))
                for file in ["cmdline", "environ"] {
                    let listed = try Data(contentsOf: URL(filePath: "/proc/\(server.program.process)/\(file)"))
                    #expect(listed.range(of: Data(key.utf8)) == nil, "\(file)")
                }
                #expect(!String(decoding: server.log.bytes, as: UTF8.self).contains(key))
            }
            let transcript = try String(contentsOfFile: "\(folder)/transcript", encoding: .utf8)
            #expect(transcript.contains(#""client":"alice""#))
        }
    }

    @Test("An unknown name and a wrong key get the same answer: exit code 77")
    func refused() async throws {
        try await withIdentities("alice", "carol") { folder in
            try write(try String(contentsOfFile: "\(folder)/alice", encoding: .utf8), "\(folder)/known")
            let other = try await withProgram([product("chat-client"), "--new-identity", "alice"], input: "")
            try write(other.output, "\(folder)/impostor")
            try await withServer(["--answer", "echo", "--identities", "\(folder)/known"]) { server in
                for file in ["carol", "impostor"] {
                    let run = try await withProgram(
                        clientCommand(server.port, ["--identity", "\(folder)/\(file)"]), input: "hello\n")
                    #expect(run.errors == "chat-client: the server refused: not allowed: unknown name or wrong key\n")
                    #expect((run.output, run.status) == ("", 77))
                }
            }
        }
    }

    @Test("A client without a key is told what to do: exit code 77")
    func withoutKey() async throws {
        try await withIdentities("alice") { folder in
            try await withServer(["--answer", "echo", "--identities", "\(folder)/all"]) { server in
                let run = try await withProgram(clientCommand(server.port), input: "hello\n")
                #expect(run.errors.contains("chat-client --new-identity NAME"))
                #expect((run.output, run.status) == ("", 77))
            }
        }
    }

    @Test("A client with a key that nobody asks for says so, and goes on")
    func unasked() async throws {
        try await withIdentities("alice") { folder in
            try await withServer(["--answer", "echo"]) { server in
                let run = try await withProgram(
                    clientCommand(server.port, ["--identity", "\(folder)/alice"]), input: "hello\n")
                #expect(
                    run.errors == "chat-client: the server does not ask who you are; the identity alice is not sent\n")
                #expect((run.output, run.status) == ("hello\n", 0))
            }
        }
    }

    @Test("SIGHUP takes up a changed file, and keeps the old one where the new one cannot be used")
    func reload() async throws {
        try await withIdentities("alice", "bob") { folder in
            try write(try String(contentsOfFile: "\(folder)/alice", encoding: .utf8), "\(folder)/known")
            try await withServer(["--answer", "echo", "--identities", "\(folder)/known"]) { server in
                try write("nonsense\n", "\(folder)/known")
                server.program.signal(SIGHUP)
                try await server.log.until("The previous identities stay in use.")
                let alice = clientCommand(server.port, ["--identity", "\(folder)/alice"])
                #expect(try await withProgram(alice, input: "hello\n").status == 0)
                try write(try String(contentsOfFile: "\(folder)/bob", encoding: .utf8), "\(folder)/known")
                server.program.signal(SIGHUP)
                try await server.log.until("identities reloaded: 1")
                #expect(try await withProgram(alice, input: "hello\n").status == 77)
                let bob = clientCommand(server.port, ["--identity", "\(folder)/bob"])
                #expect(try await withProgram(bob, input: "hello\n").status == 0)
            }
        }
    }

    @Test("A proof that was good once is good for nothing on the next connection, nor a question in its place")
    func attacks() async throws {
        try await withIdentities("alice") { folder in
            try await withServer(["--answer", "echo", "--identities", "\(folder)/all"]) { server in
                let fake = try FakeServer()
                var replayed: Message?
                _ = try await withProgram(
                    clientCommand(fake.port, ["--identity", "\(folder)/alice"]), input: "hello\n"
                ) { client in
                    let peer = try await fake.accept()
                    let challenge = try #require(Challenge(repeatElement(7, count: 32)))
                    try await peer.send(.challenge(challenge))
                    if case .message(let proof) = try await peer.next() { replayed = proof }
                    try peer.close()
                    _ = try? await client.output.end()
                }
                let proof = try #require(replayed)
                for message in [proof, .question("hello")] {
                    let peer = try await Peer.connect(to: server.endpoint)
                    guard case .message(.challenge) = try await peer.next() else { throw NothingCame() }
                    try await peer.send(message)
                    #expect(try await peer.next().errorCode == .notAllowed)
                    #expect(try await peer.next() == .endOfStream)
                    try peer.close()
                }
                let truncated = try await Peer.connect(to: server.endpoint)
                guard case .message(.challenge) = try await truncated.next() else { throw NothingCame() }
                try await truncated.send(Array(Frame.bytes(of: proof).dropLast()))
                try truncated.close()
                try await server.log.until("client=\(truncated.local) ending=truncated")
                let overlong = try await Peer.connect(to: server.endpoint)
                guard case .message(.challenge) = try await overlong.next() else { throw NothingCame() }
                try await overlong.send([0, 0, 0, 0x63, 7, 0x41])
                #expect(try await overlong.next().errorCode == .outOfPlace)
                try overlong.close()
            }
        }
    }

    @Test("A proof that somebody in the middle passes on is believed, once: a second one is out of place")
    func passedOn() async throws {
        try await withIdentities("alice") { folder in
            try await withServer(["--answer", "echo", "--identities", "\(folder)/all"]) { server in
                let (fake, middle) = (try FakeServer(), try await Peer.connect(to: server.endpoint))
                guard case .message(let challenge) = try await middle.next() else { throw NothingCame() }
                _ = try await withProgram(
                    clientCommand(fake.port, ["--identity", "\(folder)/alice"]), input: "hello\n"
                ) { client in
                    let peer = try await fake.accept()
                    try await peer.send(challenge)
                    guard case .message(let proof) = try await peer.next() else { throw NothingCame() }
                    try await middle.send(proof)
                    try await middle.send(.question("hello"))
                    #expect(try await middle.next() == .message(.answer("hello")))
                    try await middle.send(proof)
                    #expect(try await middle.next().errorCode == .outOfPlace)
                    try peer.close()
                    _ = try? await client.output.end()
                }
                try middle.close()
            }
        }
    }

    @Test("Who has a key is served during ten thousand guessed proofs, and afterwards")
    func guesses() async throws {
        try await withIdentities("alice") { folder in
            try await withServer(["--answer", "echo", "--identities", "\(folder)/all", "--log-level", "warning"]) {
                server in
                let good = clientCommand(server.port, ["--identity", "\(folder)/alice"])
                for round in 0..<100 {
                    var peers: [Peer] = []
                    for number in 0..<100 {
                        let peer = try await Peer.connect(to: server.endpoint)
                        guard case .message(.challenge) = try await peer.next() else { throw NothingCame() }
                        let code = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
                        let name = number % 2 == 0 ? "alice" : "carol"
                        try await peer.send(.proof(try #require(Proof(name: name, code: code))))
                        peers.append(peer)
                    }
                    if round % 25 == 0 { #expect(try await withProgram(good, input: "hello\n").output == "hello\n") }
                    if round == 0 {
                        for peer in peers { #expect(try await peer.next().errorCode == .notAllowed) }
                    }
                    for peer in peers { try peer.reset() }
                }
                #expect(try await withProgram(good, input: "hello\n").output == "hello\n")
            }
        }
    }

    @Test(
        "A file that others may read is refused: exit code 77; one that is not there: 66; one with something else: 65")
    func files() async throws {
        try await withIdentities("alice") { folder in
            let client = { (file: String) in clientCommand("7", ["--identity", file]) }
            let server = { (file: String) in [product("chat-server"), "--port", "0", "--identities", file] }
            try write("something else\n", "\(folder)/other")
            chmod("\(folder)/alice", 0o644)
            for command in [client, server] {
                #expect(try await withProgram(command("\(folder)/alice"), input: "").status == 77)
                #expect(try await withProgram(command("\(folder)/nothing"), input: "").status == 66)
                #expect(try await withProgram(command("\(folder)/other"), input: "").status == 65)
            }
        }
    }
}
