internal import Glibc
internal import Subprocess

/// The way to hosts for those who are not root: in a user namespace of its own a program may do to its own networks
/// whatever root may (user_namespaces(7)). Only `/dev/net/tun` must be open to everybody.
public enum UserNamespace {
    /// Set where this program has started itself once more: it does so once.
    private static let mark = "CHAT_LAB_USER_NAMESPACE"
    private static let command = ["unshare", "--user", "--map-root-user", "--"]

    /// Starts this program once more, with the same arguments, as root of a new user namespace, where that is
    /// allowed and helps. It returns only where it is not, or does not.
    ///
    /// A process with threads cannot enter a user namespace by itself, hence unshare(1). The corresponding C
    /// function is `execv`.
    public static func enter(arguments: [String]) async {
        guard getenv(mark) == nil, Requirements.failureToOpenDevice() == nil, await isAllowed(),
            let unshare = pathOfProgram(command[0]), let program = try? ownPath()
        else { return }
        setenv(mark, "1", 1)
        var words = (command + [program] + arguments).map { strdup($0) } + [nil]
        execv(unshare, &words)
    }

    /// Whether this user can make one, found out by trying.
    static func isAllowed() async -> Bool {
        let words = Array(command.dropFirst()) + ["true"]
        let result = try? await Subprocess.run(
            .name(command[0]), arguments: Arguments(words), input: .none, output: .discarded, error: .discarded)
        return result?.terminationStatus.isSuccess ?? false
    }

    /// What in this kernel's parameters forbids them, as commands that allow them: the limit of namespaces(7), and
    /// what Debian and Ubuntu have added.
    static var obstacles: [String] {
        let switches = [
            ("kernel/unprivileged_userns_clone", "0", "1"), ("user/max_user_namespaces", "0", "10000"),
            ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
        ]
        return switches.compactMap { path, forbidding, allowing in
            guard (try? readText("/proc/sys/\(path)")) == forbidding else { return nil }
            return "sudo sysctl \(path.split(separator: "/").joined(separator: "."))=\(allowing)"
        }
    }
}

/// The file that this process runs (proc(5)).
func ownPath() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = try check("readlink /proc/self/exe", CInt(readlink("/proc/self/exe", &buffer, buffer.count)))
    return String(decoding: buffer[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
