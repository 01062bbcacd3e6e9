import Foundation
import Glibc
import TestSupport
import Testing

/// Two programs that people run, and how their connections end where that is no race.
struct ProgramPair: CustomTestStringConvertible, Sendable {
    struct End: Sendable, Equatable {
        let firstToClose, ending, timeWait: String
    }

    let testDescription: String
    let server: String
    let client: String
    /// nil for a race.
    let end: End?
    var count = 1
    var family = "4"

    static let clientFirst = End(firstToClose: "client", ending: "fin", timeWait: "client")
    static let serverFirst = End(firstToClose: "server", ending: "fin", timeWait: "server")
}

extension ProgramPair {
    private static let nginx = """
        printf 'daemon off; pid %s/pid; error_log stderr; events {} http { access_log off; server { listen %s; root %s; } }' \
        "$FOLDER" "$PORT" "$FOLDER" > "$FOLDER/nginx.conf"; exec nginx -c "$FOLDER/nginx.conf"
        """
    private static let haproxy = """
        printf 'defaults\\n mode http\\n timeout client 9s\\nfrontend f\\n bind :%s\\n \
        http-request return status 200 content-type text/plain string hi\\n' "$PORT" > "$FOLDER/haproxy.cfg"
        exec haproxy -db -q -f "$FOLDER/haproxy.cfg"
        """
    private static let redis = "exec redis-server --port {port} --protected-mode no --save '' --dir \"$FOLDER\""
    private static let sshd = """
        [ -e "$FOLDER/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$FOLDER/key"; mkdir -p /run/sshd
        exec /usr/sbin/sshd -D -e -f /dev/null -h "$FOLDER/key" -p {port}
        """
    private static let chat = "exec \"$PROGRAMS/chat-server\" --host \"$SERVER\" --port {port} --answer echo"
    private static func chat(_ arguments: String) -> String {
        "printf 'hello\\nexit\\n' | \"$PROGRAMS/chat-client\" --host server --port {port} --no-history \(arguments)"
    }

    static let all = [
        ProgramPair(
            testDescription: "python's http.server and curl",
            server: "exec python3 -m http.server -d \"$FOLDER\" {port}",
            client: "curl -s http://server:{port}/file", end: nil),
        ProgramPair(
            testDescription: "python's http.server and curl over IPv6",
            server: "exec python3 -m http.server -d \"$FOLDER\" -b :: {port}",
            client: "curl -s http://server:{port}/file", end: nil, family: "6"),
        ProgramPair(
            testDescription: "redis-server and redis-cli", server: redis,
            client: "redis-cli -h server -p {port} ping", end: clientFirst),
        ProgramPair(
            testDescription: "nc and nc -N", server: "exec nc -lk {port}", client: "echo hello | nc -N server {port}",
            end: clientFirst),
        ProgramPair(
            testDescription: "memcached and its quit", server: "exec memcached -u root -p {port}",
            client: "printf 'version\\r\\nquit\\r\\n' | nc server {port}", end: serverFirst),
        ProgramPair(
            testDescription: "socat and socat", server: "exec socat TCP-LISTEN:{port},fork,reuseaddr EXEC:cat",
            client: "echo hello | socat - TCP:server:{port}", end: clientFirst),
        ProgramPair(
            testDescription: "nginx and curl", server: nginx, client: "curl -s http://server:{port}/file",
            end: clientFirst),
        ProgramPair(
            testDescription: "nginx and curl with Connection: close", server: nginx,
            client: "curl -s -H 'Connection: close' http://server:{port}/file", end: nil),
        ProgramPair(
            testDescription: "nginx and ab", server: nginx, client: "ab -q -n 50 -c 5 http://server:{port}/file",
            end: nil, count: 50),
        ProgramPair(
            testDescription: "haproxy and curl", server: haproxy, client: "curl -s http://server:{port}/",
            end: clientFirst),
        ProgramPair(
            testDescription: "sshd and ssh", server: sshd,
            client: "ssh -F none -o StrictHostKeyChecking=no -o BatchMode=yes -p {port} server true; true",
            end: clientFirst),
        ProgramPair(
            testDescription: "chat-server and chat-client --close passive", server: chat,
            client: chat("--close passive"),
            end: serverFirst),
        ProgramPair(
            testDescription: "chat-server --close last and chat-client --close half-close",
            server: chat + " --close last",
            client: chat("--close half-close"), end: clientFirst),
        ProgramPair(
            testDescription: "nothing there", server: "exec nc -lk {port}", client: "nc -z server 9; true",
            end: End(firstToClose: "server", ending: "refused", timeWait: "none")),
    ]

    static let missing = [
        "python3", "curl", "redis-server", "redis-cli", "nc", "memcached", "socat", "nginx", "ab", "haproxy", "sshd",
        "ssh",
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
                \(pair.server)
                """
            let programs = String(product("chat-lab").dropLast("/chat-lab".count))
            let run = try await runTrial(
                server: server, client: pair.client,
                ["--family", pair.family, "--restart-server", "--format", "json", "--timeout", "120"],
                environment: ["FOLDER": folder, "PROGRAMS": programs])
            try #require(run.status == 0, "\(run.errors)")
            let told = try decoded(ToldTrial.self, run.output).connections
            let seen = try String(contentsOfFile: observation, encoding: .utf8)
            let expected = try decoded([ToldConnection].self, seen)
            struct Connections: Decodable { let connections: [ToldConnection] }
            let connections = try decoded(Connections.self, run.output).connections
            #expect(connections == expected)
            #expect(told.count >= pair.count)
            #expect(told.allSatisfy { $0.timeWaitSeen })
            guard let end = pair.end else {
                // Whoever closes first: who did not cannot hold TIME-WAIT.
                #expect(told.allSatisfy { $0.ending == "fin" && $0.timeWait == $0.firstToClose })
                return
            }
            for connection in told {
                let seen = ProgramPair.End(
                    firstToClose: connection.firstToClose, ending: connection.ending, timeWait: connection.timeWait)
                #expect(seen == end)
            }
        }
    }
}
