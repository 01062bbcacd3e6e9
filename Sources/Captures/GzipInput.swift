import CLinux
import Glibc
import TCPSockets

/// A compressed input, through gzip(1), which every Linux has: bytes are handed to it, and taken from it by a pipe.
final class GzipInput {
    /// Where the decompressed bytes come from.
    let output: CInt
    private var process: pid_t = 0

    /// - Parameters:
    ///   - head: What was read already.
    ///   - rest: Where the rest is read from; it stays open.
    /// - Throws: `CaptureError`.
    init(head: [UInt8], rest: CInt, name: String) throws {
        var (feed, result): ([CInt], [CInt]) = ([-1, -1], [-1, -1])
        guard pipe2(&feed, O_CLOEXEC) == 0, pipe2(&result, O_CLOEXEC) == 0 else {
            throw CaptureError(.system, "pipe2: \(Errno(rawValue: errno))")
        }
        defer {
            close(feed[0])
            close(result[1])
        }
        output = result[0]
        let failure = spawn(from: feed[0], to: result[1])
        guard failure == 0 else {
            close(feed[1])
            close(output)
            throw CaptureError(.system, "\(name) is compressed, and gzip: \(Errno(rawValue: failure))")
        }
        let (end, source) = (feed[1], dup(rest))
        try detachThread { Self.pass(head, from: source, to: end) }
    }

    private func spawn(from input: CInt, to output: CInt) -> CInt {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("gzip"), strdup("-dc"), nil]
        defer { for argument in arguments { free(argument) } }
        return posix_spawnp(&process, "gzip", &actions, nil, &arguments, environ)
    }

    /// Ends once there is nothing more, or nobody reads: SIGPIPE is ignored.
    private static func pass(_ head: [UInt8], from source: CInt, to end: CInt) {
        defer {
            close(source)
            close(end)
        }
        var chunk = head
        var count = head.count
        while count > 0 {
            var written = 0
            while written < count {
                let done = chunk[written..<count].withUnsafeBytes { write(end, $0.baseAddress, $0.count) }
                if done < 0, errno == EINTR { continue }
                guard done > 0 else { return }
                written += done
            }
            if chunk.count < 65_536 { chunk = [UInt8](repeating: 0, count: 65_536) }
            repeat { count = read(source, &chunk, chunk.count) } while count < 0 && errno == EINTR
        }
    }

    /// Waits for gzip, whose output has ended.
    ///
    /// - Returns: Whether it found all in order.
    func isSound() -> Bool {
        guard process != 0 else { return true }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        process = 0
        return status == 0
    }

    deinit {
        guard process != 0 else { return }
        kill(process, SIGTERM)
        _ = isSound()
    }
}
