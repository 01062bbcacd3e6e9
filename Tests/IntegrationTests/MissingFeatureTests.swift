import Foundation
import Glibc
import Testing

/// Whether chat-lab can make its hosts here without asking anybody.
private let canMakeHosts = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0

/// Runs a program for which one system call with certain arguments fails: a seccomp filter (seccomp(2)), which its children
/// inherit. Arguments: the call's number, the errno, argument=value, with commas; then the program's own.
private let refusing = """
    import ctypes, os, struct, sys
    call, errno, conditions = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")
    tests = [(0, call)] + [(16 + 8 * int(c.split("=")[0]), int(c.split("=")[1])) for c in conditions]
    steps = []
    for index, (offset, value) in enumerate(tests):
        steps.append(struct.pack("HBBI", 0x20, 0, 0, offset))  # load a word of struct seccomp_data
        behind = 2 * (len(tests) - index - 1) + 1
        steps.append(struct.pack("HBBI", 0x15, 0, behind, value))  # go on where it is equal, else allow
    steps.append(struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | errno))  # SECCOMP_RET_ERRNO
    steps.append(struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000))  # SECCOMP_RET_ALLOW
    code = ctypes.create_string_buffer(b"".join(steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(22, 2, program, 0, 0) != 0:  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    os.execvp(sys.argv[4], sys.argv[4:])
    """

#if arch(x86_64)
private let (socketCall, setsockoptCall, unshareCall) = (41, 54, 272)
#else
private let (socketCall, setsockoptCall, unshareCall) = (198, 208, 97)
#endif

/// For LD_PRELOAD: answers SOCK_DESTROY with EOPNOTSUPP, as often as REFUSALS says for each family of addresses: the
/// experiment is carried out over both at the same time.
private let withoutDestroy = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <linux/netlink.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/socket.h>

    // Of IPv4, and of IPv6.
    static int refused[] = {-1, -1}, refusals[2];

    ssize_t send(int descriptor, const void *bytes, size_t count, int flags) {
        ssize_t (*next)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
        const struct nlmsghdr *message = bytes;
        int isDestroy = count > sizeof *message && message->nlmsg_len == count && message->nlmsg_type == 21;
        // struct inet_diag_req_v2 begins with the family (sock_diag(7)).
        int family = isDestroy && ((const unsigned char *)(message + 1))[0] == AF_INET6;
        if (!isDestroy || refusals[family] >= atoi(getenv("REFUSALS"))) return next(descriptor, bytes, count, flags);
        refusals[family]++;
        refused[family] = descriptor;
        return count;
    }

    ssize_t recv(int descriptor, void *bytes, size_t count, int flags) {
        ssize_t (*next)(int, void *, size_t, int) = dlsym(RTLD_NEXT, "recv");
        int family = descriptor == refused[1];
        if (descriptor != refused[family]) return next(descriptor, bytes, count, flags);
        refused[family] = -1;
        struct { struct nlmsghdr header; struct nlmsgerr error; } answer = {
            .header = {.nlmsg_len = sizeof answer, .nlmsg_type = NLMSG_ERROR}, .error = {.error = -EOPNOTSUPP}};
        memcpy(bytes, &answer, sizeof answer);
        return sizeof answer;
    }
    """

@Suite(
    "A kernel without a feature", .enabled(if: canMakeHosts, "needs root and /dev/net/tun"),
    .enabled(if: isInstalled("python3"), "python3 is not installed"), .serialized, .timeLimit(.minutes(5)))
struct MissingFeatureTests {
    /// The verdicts of a run as JSON, by claim.
    private func claims(_ run: Finished) throws -> [String: [String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        let claims = try #require((object as? [String: Any])?["claims"] as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: claims.map { ($0["id"] as? String ?? "", $0) })
    }

    private func without(_ conditions: String, _ claims: String...) async throws -> Finished {
        let command = [
            "python3", "-c", refusing, "\(setsockoptCall)", "\(ENOPROTOOPT)", conditions, product("chat-lab"),
        ]
        return try await withProgram(command + ["run"] + claims + ["--format", "json"], input: "")
    }

    @Test("F4 is not testable without IP_LOCAL_PORT_RANGE, and the other claim of the experiment is")
    func portRange() async throws {
        let run = try await without("1=\(IPPROTO_IP),2=51", "automatic-ports")
        #expect(run.status == 0)
        let claims = try claims(run)
        #expect(claims["F4"]?["verdict"] as? String == "not-testable")
        #expect(
            claims["F4"]?["because"] as? String
                == "setsockopt(IP_LOCAL_PORT_RANGE) failed with ENOPROTOOPT: this kernel does not have the option.")
        #expect(claims["F4"]?["evidence"] as? [String] == ["automatic-ports"])
        #expect(claims["F3"]?["verdict"] as? String == "confirmed")
    }

    @Test("F3 is not testable without IP_BIND_ADDRESS_NO_PORT")
    func bindNoPort() async throws {
        let run = try await without("1=\(IPPROTO_IP),2=24", "automatic-ports")
        #expect(run.status == 0)
        let claims = try claims(run)
        #expect(claims["F3"]?["verdict"] as? String == "not-testable")
        #expect((claims["F3"]?["because"] as? String)?.contains("setsockopt(IP_BIND_ADDRESS_NO_PORT)") == true)
        #expect(claims["F4"] != nil)
    }

    /// Runs F5 where so many requests for SOCK_DESTROY are refused: the first is for TIME-WAIT, the second the probe.
    private func destroy(refusals: Int) async throws -> [String: Any] {
        try await withTemporaryFolder { folder in
            let source = "\(folder)/refuse.c"
            try withoutDestroy.write(toFile: source, atomically: true, encoding: .utf8)
            let library = "\(folder)/refuse.so"
            #expect(try await withProgram(["cc", "-shared", "-fPIC", "-o", library, source], input: "").status == 0)
            let environment = ["LD_PRELOAD=\(library)", "REFUSALS=\(refusals)"]
            let command = ["env"] + environment + [product("chat-lab"), "run", "F5", "--format", "json"]
            let run = try await withProgram(command, input: "")
            #expect(run.status == 0)
            return try #require(try claims(run)["F5"])
        }
    }

    @Test(
        "F5 is not testable where SOCK_DESTROY is refused for ESTABLISHED as well",
        .enabled(if: isInstalled("cc"), "no C compiler is installed"))
    func noDestroy() async throws {
        let claim = try await destroy(refusals: 2)
        #expect(claim["verdict"] as? String == "not-testable")
        #expect(
            claim["because"] as? String
                == "SOCK_DESTROY failed with EOPNOTSUPP, for a socket in TIME-WAIT and for one in ESTABLISHED: this kernel does "
                + "not have it (CONFIG_INET_DIAG_DESTROY; sock_diag(7)).")
    }

    @Test(
        "F5 is refuted where SOCK_DESTROY is refused for TIME-WAIT alone",
        .enabled(if: isInstalled("cc"), "no C compiler is installed"))
    func noDestroyOfTimeWait() async throws {
        let claim = try await destroy(refusals: 1)
        #expect(claim["verdict"] as? String == "refuted")
        let because = try #require(claim["because"] as? String)
        #expect(
            because.contains("failed with EOPNOTSUPP, and one for a socket in ESTABLISHED was accepted"), "\(because)"
        )
    }
}

@Suite(
    "A run of which a part fails", .enabled(if: canMakeHosts, "needs root and /dev/net/tun"),
    .enabled(if: isInstalled("python3"), "python3 is not installed"), .serialized, .timeLimit(.minutes(5)))
struct FailedPartTests {
    @Test("keeps what was recorded until then, and says what could not be judged and compared: exit code 70")
    func failure() async throws {
        try await withTemporaryFolder { folder in
            let lab = [product("chat-lab"), "run", "B12", "B8"]
            #expect(try await withProgram(lab + ["--output", folder], input: "").status == 0)
            // SOCK_RAW with SOCK_CLOEXEC: the experiment on B12 cannot make the socket with which it sends its RST.
            let filter = ["python3", "-c", refusing, "\(socketCall)", "\(EPERM)", "0=\(AF_INET),1=\(0x80003)"]
            let run = try await withProgram(
                filter + lab + ["--expect", "\(folder)/report.json", "--output", folder], input: "")
            #expect(run.status == 70)
            #expect(run.output.contains("raw-socket-reset: socket(SOCK_RAW): EPERM (Operation not permitted)"))
            #expect(run.errors.contains("B12: not judged: raw-socket-reset could not run\n"))
            #expect(run.errors.contains("all equal; 2 not judged\n"))
            let captures = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/failures")
            // The trial over IPv6 is cancelled, wherever it is.
            #expect(captures.contains { $0.hasPrefix("raw-socket-reset-hosts-") })
            let page = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
            #expect(page.contains("Could not run: socket(SOCK_RAW): EPERM (Operation not permitted)"))
        }
    }

    @Test("names what it did not look at, and so did not compare")
    func part() async throws {
        try await withTemporaryFolder { folder in
            let lab = [product("chat-lab"), "run"]
            #expect(try await withProgram(lab + ["B12", "B8", "--output", folder], input: "").status == 0)
            let run = try await withProgram(lab + ["B12", "--expect", "\(folder)/report.json"], input: "")
            #expect(run.status == 0)
            #expect(run.errors.contains("not compared, because something they rest on is missing: "))
            #expect(run.errors.contains("B8, F13\n"))
        }
    }
}

@Suite(
    "User namespaces that AppArmor blocks", .enabled(if: geteuid() == 0, "only root can become somebody else"),
    .enabled(if: isInstalled("python3"), "python3 is not installed"), .serialized, .timeLimit(.minutes(5)))
struct AppArmorTests {
    @Test("are named, with the remedy: exit code 77")
    func blocked() async throws {
        // The build folder may be closed to others: the copy of one program is enough.
        try await withTemporaryFolder { folder in
            let copy = "\(folder)/chat-lab"
            try FileManager.default.copyItem(atPath: product("chat-lab"), toPath: copy)
            chmod(folder, 0o755)
            // As on Ubuntu: the parameter is 1, and unshare(CLONE_NEWUSER) gets EPERM.
            let script = """
                mount -t tmpfs -o mode=755 none /proc/sys/kernel
                echo 1 > /proc/sys/kernel/apparmor_restrict_unprivileged_userns
                exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" run 'explicit-acti*'
                """
            let command =
                ["unshare", "--mount", "python3", "-c", refusing, "\(unshareCall)", "\(EPERM)", "0=\(0x1000_0000)"]
                + ["sh", "-ec", script, copy]
            let run = try await withProgram(command, input: "")
            #expect(run.status == 77)
            #expect(run.output == "")
            #expect(
                run.errors.contains(
                    "unshare(CLONE_NEWNET): EPERM (Operation not permitted); AppArmor restricts unprivileged user "
                        + "namespaces (kernel.apparmor_restrict_unprivileged_userns = 1)"), "\(run.errors)")
            #expect(
                run.errors.contains(
                    "or let users create namespaces: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"))
            // As a shell takes it back.
            #expect(run.errors.contains("run it as root: sudo chat-lab run 'explicit-acti*'\n"))
        }
    }
}
