import Foundation
import Glibc
import Testing

@Suite(
    "The article's programs, straight through", .enabled(if: geteuid() == 0, "needs root to make a network namespace"),
    .timeLimit(.minutes(5)))
struct ExamplesTests {
    private func run(_ script: String) async throws -> Finished {
        let prelude = """
            article_client, article_server, chat_client, chat_server = sys.argv[1:5]
            def start(server, *arguments):
                process = subprocess.Popen([server, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                assert process.stdout.readline() == "listening on 127.0.0.1:7000\\n"
                return process
            def talk(client, text="one\\nzwei €\\nexit\\n"):
                run = subprocess.run([client], input=text, capture_output=True, text=True)
                print(run.stdout, end="")
                return run

            """
        let names = ["article-client", "article-server", "chat-client", "chat-server"].map(product)
        return try await withNamespace(prelude + script, names[0], names[1], names[2], names[3])
    }

    @Test("They talk, and the client's second run fails: it has closed first, on a port of its own")
    func again() async throws {
        let finished = try await run(
            """
            server = start(article_server)
            # Without the word exit, upon which both would close at once, it is the client that closes first.
            questions = "one\\nzwei €\\n"
            assert talk(article_client, questions).returncode == 0
            again = talk(article_client, questions)
            assert again.returncode != 0 and "bind 0.0.0.0:50001: EADDRINUSE" in again.stderr, again
            # The server has closed last, and its port is free.
            server.kill()
            server.wait()
            start(article_server).kill()
            """)
        #expect(finished.errors == "")
        #expect(finished.output == "one\nzwei €\n")
    }

    @Test("They speak the protocol: each talks with the program that does it in earnest")
    func interoperable() async throws {
        let finished = try await run(
            """
            server = start(article_server)
            assert talk(chat_client).returncode == 0
            server.kill()
            server.wait()
            server = start(chat_server, "--answer", "echo")
            assert talk(article_client).returncode == 0
            server.terminate()
            """)
        #expect(finished.errors == "")
        #expect(finished.output == "one\nzwei €\none\nzwei €\n")
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func lines(_ path: String) throws -> [Substring] {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test("Each stands on a screen", arguments: ["client", "server"])
    func short(_ part: String) throws {
        let lines = try lines("Examples/article-\(part)/Article\(part.capitalized).swift")
        #expect(lines.count <= 60)
        #expect(lines.allSatisfy { $0.count <= 120 })
    }

    @Test("What the README shows of the client is what the client does, in its order")
    func readme() throws {
        let shown = try lines("README.md").drop { $0 != "```swift" }.dropFirst().prefix { $0 != "```" }
        #expect(shown.count == 5)
        var rest = try lines("Examples/article-client/ArticleClient.swift")[...]
        for line in shown {
            // Without the comment, and without the `try` that a condition would have in the way.
            let call = line.prefix(while: { $0 != "/" }).replacing("try socket.connect", with: "socket.connect")
            rest = rest.drop { !$0.contains(call.trimmingSuffix { $0 == " " }) }
            #expect(!rest.isEmpty, "\(line)")
        }
    }
}
