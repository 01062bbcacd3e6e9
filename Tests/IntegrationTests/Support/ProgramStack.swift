import FoundationEssentials
import Glibc
import Synchronization
import TCPSockets
import Testing

@testable import Bench
@testable import Recordings

/// A host whose TCP is a program's own: docs/kernels.md, "Your TCP on the wire".
final class ProgramStack: WiredHost {
    let side = Side.server
    let wireEnd: CInt
    /// What asks for its table, and where that is read.
    private let requests: OwnEnd
    private let answers: OwnEnd
    private let wire: OwnEnd
    private let process: pid_t
    private let turn = Mutex(())

    /// A descriptor that is closed with its owner.
    private final class OwnEnd: Sendable {
        let number: CInt
        init(_ number: CInt) { self.number = number }
        deinit { close(number) }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts a program as the server's host.
    ///
    /// - Parameter closing: `first` or `last`.
    init(_ program: String, closing: String) throws {
        var ends: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure(description: "socketpair: \(errno)")
        }
        wire = OwnEnd(ends[0])
        wireEnd = ends[0]
        let theirs = OwnEnd(ends[1])
        _ = fcntl(wireEnd, F_SETFL, fcntl(wireEnd, F_GETFL) | O_NONBLOCK)
        let (input, output) = (try Self.pipe(), try Self.pipe())
        (requests, answers) = (input.write, output.read)
        let address = Endpoint(Side.server.address(.v4), port: Chat.port)
        process = try Self.spawn(
            program, ["ADDRESS=\(address.address)", "PORT=\(address.port)", "CLOSE=\(closing)"],
            [0: input.read.number, 1: output.write.number, 3: theirs.number])
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    private static func pipe() throws -> (read: OwnEnd, write: OwnEnd) {
        var ends: [CInt] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw Failure(description: "pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (OwnEnd(ends[0]), OwnEnd(ends[1]))
    }

    private static func spawn(
        _ program: String, _ environment: [String], _ descriptors: [CInt: CInt]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // To numbers that none of them has, first: else one could take another's place.
        for (target, source) in descriptors { posix_spawn_file_actions_adddup2(&actions, source, 100 + target) }
        for target in descriptors.keys {
            posix_spawn_file_actions_adddup2(&actions, 100 + target, target)
            posix_spawn_file_actions_addclose(&actions, 100 + target)
        }
        var arguments = [strdup(program), nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, program, &actions, nil, &arguments, &variables)
        guard failure == 0 else { throw Failure(description: "\(program) cannot be started: \(failure)") }
        return process
    }

    private struct Line: Decodable {
        let state, local, remote: String
        let secondsLeft: Double?
    }

    /// Its sockets, once it has dealt with all that was written to it before.
    func entries() throws -> [SocketEntry] {
        try JSONDecoder().decode([Line].self, from: Data(table())).map { line in
            guard let state = TCPState.allCases.first(where: { $0.description == line.state }),
                let local = Endpoint(numeric: line.local), let remote = Endpoint(numeric: line.remote)
            else { throw Failure(description: "no socket: \(line)") }
            let timer = line.secondsLeft.map { SocketEntry.Timer(kind: .timeWait, remaining: .seconds($0)) }
            return SocketEntry(local: local, remote: remote, state: state, timer: timer)
        }
    }

    func socket(local: Endpoint, remote: Endpoint) throws -> SocketEntry? {
        let entries = try entries()
        return entries.first { ($0.local, $0.remote) == (local, remote) }
            ?? entries.first { $0.state == .listen && $0.local.port == local.port }
    }

    /// A line of its answer.
    private func table() throws -> [UInt8] {
        try turn.withLock { _ in
            var (line, byte): ([UInt8], UInt8) = ([], UInt8(ascii: "?"))
            guard write(requests.number, &byte, 1) == 1 else {
                throw Failure(description: "it takes no request: \(errno)")
            }
            while byte != UInt8(ascii: "\n") {
                var ready = pollfd(fd: answers.number, events: Int16(POLLIN), revents: 0)
                guard poll(&ready, 1, 60_000) == 1, read(answers.number, &byte, 1) == 1 else {
                    throw Failure(description: "it does not tell its sockets")
                }
                line.append(byte)
            }
            return line
        }
    }
}
