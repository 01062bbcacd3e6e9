import Glibc
import Recordings

/// The way to hosts for those who are not root: in a user namespace of its own a program may do to its own networks
/// whatever root may (user_namespaces(7)). Only `/dev/net/tun` must be open to everybody.
package enum UserNamespace {
    /// Set where this program has started itself once more, which it does once: to the user's number outside.
    private static let mark = "CHAT_LAB_USER_NAMESPACE"
    private static let options = ["--user", "--map-root-user", "--"]

    /// Whether this program runs in one that it has made.
    private static var isEntered: Bool { getenv(mark) != nil }

    /// Whether the user is root, outside of the namespace that this program has made. Root has use for one too: in a
    /// container it may lack CAP_SYS_ADMIN.
    static var isOfRoot: Bool { getenv(mark).map { String(cString: $0) == "0" } ?? (geteuid() == 0) }

    /// Starts this program once more, with the same arguments, as root of a new user namespace, where that is
    /// allowed and helps. It returns only where it is not, or does not.
    ///
    /// A process with threads cannot enter a user namespace by itself, hence unshare(1). The corresponding C
    /// function is `execv`.
    package static func enter(arguments: [String]) async {
        guard !isEntered, !obstacles.contains(where: \.isForAll), Requirements.failureToOpenDevice() == nil,
            let unshare = await program(),
            let this = try? ownPath()
        else { return }
        setenv(mark, "\(geteuid())", 1)
        var words = ([unshare] + options + [this] + arguments).map { strdup($0) } + [nil]
        execv(unshare, &words)
    }

    /// Whether this user can make one.
    static func isAllowed() async -> Bool { await program() != nil }

    /// unshare(1), where this user can make one with it, found out by trying.
    private static func program() async -> String? {
        guard let unshare = pathOfProgram("unshare"), let nothing = pathOfProgram("true") else { return nil }
        let isAllowed = try? await onThread { try endsWell([unshare] + options + [nothing]) }
        return isAllowed == true ? unshare : nil
    }

    /// Whether a program exits with 0, without input and with nowhere to say why not.
    ///
    /// The corresponding C functions are `posix_spawn` and `waitpid`.
    private static func endsWell(_ command: [String]) throws -> Bool {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor in 0...2 as ClosedRange<CInt> {
            posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0)
        }
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var environment = [strdup("PATH=\(Host.searchPath)"), nil]
        defer { free(environment[0]) }
        var process: pid_t = 0
        let error = posix_spawn(&process, command[0], &files, nil, &arguments, &environment)
        guard error == 0 else { throw LaboratoryError("posix_spawn \(command[0])", error) }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw LaboratoryError("waitpid", errno) }
        }
        return status == 0
    }

    /// A parameter of this kernel that forbids them.
    struct Obstacle {
        let name, forbidding, allowing: String
        /// Who forbids it, in words.
        let who: String
        /// Whether it stands in root's way too.
        var isForAll = false
    }

    /// What stands in the way now: the limit of namespaces(7), and what Debian and Ubuntu have added. AppArmor lets a program
    /// without a profile make the namespace, and refuses it everything in there.
    static var obstacles: [Obstacle] {
        let switches = [
            Obstacle(
                name: "kernel.unprivileged_userns_clone", forbidding: "0", allowing: "1",
                who: "this kernel lets only root create user namespaces"),
            Obstacle(
                name: "user.max_user_namespaces", forbidding: "0", allowing: "10000",
                who: "this kernel lets nobody create user namespaces"),
            Obstacle(
                name: "user.max_net_namespaces", forbidding: "0", allowing: "10000",
                who: "this kernel lets nobody create network namespaces", isForAll: true),
            Obstacle(
                name: "kernel.apparmor_restrict_unprivileged_userns", forbidding: "1", allowing: "0",
                who: "AppArmor restricts unprivileged user namespaces"),
        ]
        return switches.filter { obstacle in
            let path = "/proc/sys/" + obstacle.name.split(separator: ".").joined(separator: "/")
            return (try? readText(path)) == obstacle.forbidding
        }
    }
}

/// The file that this process runs (proc(5)).
func ownPath() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = try check("readlink /proc/self/exe", CInt(readlink("/proc/self/exe", &buffer, buffer.count)))
    return String(decoding: buffer[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
