import Glibc
import Testing

@testable import Bench
@testable import Recordings

/// Lends the real server together with a client of the test's own.
///
/// - Parameter script: The client, with the line that names its interpreter. REALCLIENT in it becomes the real one's path.
func withClient<R: Sendable>(_ script: String, _ body: (Chat) async throws -> R) async throws -> R {
    let folder = "/tmp/chat-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try check("mkdir", mkdir(folder, 0o700))
    defer { for name in ["/chat-server", "/chat-client", ""] { remove(folder + name) } }
    let products = "/" + (try ownPath()).split(separator: "/").dropLast().joined(separator: "/")
    try check("symlink", symlink("\(products)/chat-server", "\(folder)/chat-server"))
    let text = Array("\(script.replacing("REALCLIENT", with: "\(products)/chat-client"))\n".utf8)
    let descriptor = try check("open", open("\(folder)/chat-client", O_WRONLY | O_CREAT | O_CLOEXEC, 0o700))
    #expect(write(descriptor, text, text.count) == text.count)
    close(descriptor)
    return try await body(try Chat(folder: folder))
}
