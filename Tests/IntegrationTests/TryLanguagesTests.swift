import Foundation
import Glibc
import TestSupport
import Testing

/// The small clients of `docs/closing/languages`, in those languages whose toolchain is here.
struct ClientLanguage: CustomTestStringConvertible, Sendable {
    let file, compiler: String
    /// What makes a program of it in the folder `$OUT`, in the folder where the files are; and what runs that.
    let build, run: String

    var testDescription: String { file }

    static let all = [
        ClientLanguage(
            file: "client.c", compiler: "gcc", build: "gcc -Wall -Werror -o \"$OUT/c\" client.c", run: "\"$OUT/c\""),
        ClientLanguage(file: "client.py", compiler: "python3", build: "true", run: "python3 client.py"),
        ClientLanguage(
            file: "client.go", compiler: "go", build: "GOCACHE=\"$OUT/cache\" go build -o \"$OUT/go\" client.go",
            run: "\"$OUT/go\""),
        ClientLanguage(
            file: "Client.java", compiler: "javac", build: "javac -d \"$OUT\" Client.java",
            run: "java -cp \"$OUT\" Client"),
        ClientLanguage(
            file: "client.rs", compiler: "rustc", build: "rustc --edition 2024 -o \"$OUT/rs\" client.rs",
            run: "\"$OUT/rs\""),
        ClientLanguage(file: "client.mjs", compiler: "node", build: "true", run: "node client.mjs"),
        ClientLanguage(
            file: "client.swift", compiler: "swiftc", build: "swiftc -o \"$OUT/swift\" client.swift",
            run: "\"$OUT/swift\""),
    ]

    static let here = all.filter { language in
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.contains { access("\($0)/\(language.compiler)", X_OK) == 0 }
    }
}

@Suite(
    "How to close in your language", .enabled(if: canRunTrials, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct TryLanguagesTests {
    private static let root = #filePath.components(separatedBy: "/Tests/")[0]

    /// The table of the page: what each strategy comes to.
    private static let strategies: [(name: String, first: String, ending: String, timeWait: String)] = [
        ("passive", "server", "fin", "server"), ("half-close", "client", "fin", "client"),
        ("reset", "client", "rst", "none"), ("explicit-port", "client", "fin", "client"),
        ("no-bind", "client", "fin", "client"),
    ]

    @Test("Each client does what the page says, and works again at once", arguments: ClientLanguage.here)
    func client(language: ClientLanguage) async throws {
        struct Connections: Decodable { let connections: [ToldConnection] }
        try await withTemporaryFolder { folder in
            // Where rustup has put its toolchain.
            let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
            let environment = ["OUT": folder, "HOME": home]
            let sources = "\(Self.root)/docs/closing/languages"
            let build = try await withProgram(
                ["sh", "-c", "cd '\(sources)' && \(language.build)"], environment: environment, input: "")
            try #require(build.status == 0, "\(build.errors)")
            for strategy in Self.strategies {
                let run = try await runTrial(
                    server: "exec python3 '\(sources)/server.py' {port}",
                    client: "cd '\(sources)' && \(language.run) \(strategy.name) server {port}",
                    ["--again", "--format", "json", "--timeout", "120"], environment: environment)
                try #require(run.status == 0, "\(strategy.name): \(run.errors)")
                let trial = try decoded(ToldTrial.self, run.output)
                let told = try #require(trial.connections.first)
                let seen = (told.firstToClose, told.ending, told.timeWait)
                #expect(seen == (strategy.first, strategy.ending, strategy.timeWait), "\(strategy.name)")
                #expect(told.reset?.cause == (strategy.ending == "rst" ? "linger-zero" : nil), "\(strategy.name)")
                #expect(told.client.hasSuffix(":5000") == (strategy.name == "explicit-port"))
                #expect(trial.again?.worked == true, "\(strategy.name)")
                let bytes = try decoded(Connections.self, run.output).connections.first?.bytes.server
                #expect(
                    bytes == (strategy.first == "client" && strategy.ending == "fin" ? 100_007 : 7), "\(strategy.name)")
            }
        }
    }

    @Test("The page has a row for each language and each strategy")
    func page() throws {
        let page = try String(contentsOfFile: "\(Self.root)/docs/closing/languages.md", encoding: .utf8)
        for language in ClientLanguage.all { #expect(page.contains("](languages/\(language.file))")) }
        for strategy in Self.strategies {
            let holder = strategy.timeWait == "none" ? "nobody" : strategy.timeWait
            #expect(
                page.contains(
                    try Regex(
                        "\\| `\(strategy.name)` \\| [^|]+ \\| \(strategy.first) \\| \(strategy.ending.uppercased()) \\| \(holder) \\|"
                    )))
        }
        #expect(
            ClientLanguage.here.contains { $0.file == "client.py" }
                && ClientLanguage.here.contains { $0.file == "client.swift" })
    }
}
