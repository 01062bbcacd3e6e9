import Foundation
import Glibc
import TestSupport
import Testing

/// Two programs that people run, as `docs/try/pairs.json` has them for the table of `docs/try.md`.
struct ProgramPair: Decodable, CustomTestStringConvertible, Sendable {
    let server, client, family, serverCommand, clientCommand: String
    /// nil for a race.
    let firstToClose: String?

    var testDescription: String { "\(server) and \(client)" }

    static let root = #filePath.components(separatedBy: "/Tests/")[0]

    static let all: [ProgramPair] = {
        let text = try? String(contentsOfFile: "\(root)/docs/try/pairs.json", encoding: .utf8)
        return text.flatMap { try? decoded([ProgramPair].self, $0) } ?? []
    }()

    static let missing = [
        "python3", "curl", "wget", "openssl", "redis-server", "redis-cli", "nc", "memcached", "socat", "nginx", "ab",
        "haproxy",
        "sshd", "ssh",
    ].filter { !isInstalled($0) }
}

@Suite(
    "Pairs of programs that people run", .enabled(if: canRunTrials, "needs root and /dev/net/tun"),
    .enabled(
        if: ProgramPair.missing.isEmpty, "not installed: \(ProgramPair.missing.joined(separator: ", "))"),
    .timeLimit(.minutes(5)))
struct TryPairsTests {
    @Test("are told as somebody sees them who listens on the server's host", arguments: ProgramPair.all)
    func pair(_ pair: ProgramPair) async throws {
        try await withTemporaryFolder { folder in
            try "hello\n".write(toFile: "\(folder)/file", atomically: true, encoding: .utf8)
            let observation = "\(folder)/seen.json"
            // The server is started twice, the observer once; the SIGTERM between both is what it tells at.
            let server = """
                [ -e \(observation).ready ] || { python3 -c '\(independentObserver)' \(observation) &
                until [ -e \(observation).ready ]; do sleep 0.01; done; }
                \(pair.serverCommand)
                """
            let programs = String(product("chat-lab").dropLast("/chat-lab".count))
            let run = try await runTrial(
                server: server, client: pair.clientCommand,
                ["--family", pair.family, "--restart-server", "--format", "json", "--timeout", "120"],
                environment: ["FOLDER": folder, "PROGRAMS": programs])
            try #require(run.status == 0, "\(run.errors)")
            let told = try decoded(ToldTrial.self, run.output).connections
            let seen = try String(contentsOfFile: observation, encoding: .utf8)
            let expected = try decoded([ToldConnection].self, seen)
            struct Connections: Decodable { let connections: [ToldConnection] }
            let connections = try decoded(Connections.self, run.output).connections
            #expect(connections == expected)
            #expect(!told.isEmpty)
            // Whoever closes first holds TIME-WAIT; both, where the FINs crossed.
            for connection in told {
                #expect((connection.ending, connection.timeWait) == ("fin", connection.firstToClose))
                #expect(connection.timeWaitSeen)
                if let first = pair.firstToClose { #expect(connection.firstToClose == first) }
            }
        }
    }

    @Test("are the rows of the table, in its order")
    func table() throws {
        let page = try String(contentsOfFile: "\(ProgramPair.root)/docs/try.md", encoding: .utf8)
        let rows = page.matches(of: /(?m)^\| (.+?) \| (.+?) \| [\d,]+ \| (.+?) \| FIN \|/).map { $0.output }
        #expect(ProgramPair.all.count >= 12)
        #expect(rows.map { "\($0.1) and \($0.2)" } == ProgramPair.all.map(\.testDescription))
        for (row, pair) in zip(rows, ProgramPair.all) {
            if let first = pair.firstToClose { #expect(row.3 == first) }
        }
    }
}
