import Foundation
import Glibc
import Testing

/// Whether chat-lab can make its hosts here without asking anybody.
private let canMakeHosts = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0

@Suite("Where a program cannot work", .serialized, .timeLimit(.minutes(5)))
struct SurroundingsTests {
    /// Runs a script as root of new namespaces; in it `$0` is a program, and `$1` its first argument.
    private func run(_ script: String, in namespaces: [String], _ command: [String]) async throws -> Finished {
        try await withProgram(["unshare"] + namespaces + ["sh", "-ec", script] + command, input: "")
    }

    private let lab = [product("chat-lab"), "run", "explicit-active"]

    @Test(
        "Without /proc each of them says so in a sentence: exit code 72",
        .enabled(if: geteuid() == 0, "needs root to hide /proc"),
        arguments: ["chat-server", "chat-client", "chat-lab", "chat-load"])
    func noProc(_ name: String) async throws {
        let run = try await run(
            "mount -t tmpfs none /proc; exec \"$0\" --version", in: ["--mount"], [product(name)])
        #expect(run.status == 72)
        #expect(run.output == "")
        #expect(
            run.errors
                == "\(name): readlink /proc/self/exe: ENOENT. The Swift runtime needs it. Mount /proc: mount -t proc proc /proc\n"
        )
    }

    private static let readOnly = "mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys; "
    private static let withoutRight = "exec setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \"$0\" \"$@\""

    @Test(
        "Where /proc/sys is read-only, root is told how to change that, and not to become root, also without CAP_SYS_ADMIN",
        .enabled(if: canMakeHosts, "needs root and /dev/net/tun"), arguments: ["exec \"$0\" \"$@\"", withoutRight])
    func readOnlySettings(_ start: String) async throws {
        let run = try await run(Self.readOnly + start, in: ["--mount"], lab)
        #expect(run.status == 77)
        #expect(
            run.errors.contains(
                "the hosts' kernel settings cannot be changed: open /proc/sys/net/…: EROFS (Read-only file system)\n"))
        #expect(run.errors.contains("--security-opt systempaths=unconfined"))
        #expect(run.errors.contains("sudo mount -o remount,rw,bind /proc/sys"))
        #expect(!run.errors.contains("as root"), "\(run.errors)")
    }

    @Test(
        "Where no network namespaces may be made, that is named, with the remedy",
        .enabled(if: canMakeHosts, "needs root and /dev/net/tun"))
    func noNetworks() async throws {
        // The limit is that of the user namespace in which it is set, and of all in there.
        let script = "echo 0 > /proc/sys/user/max_net_namespaces; exec \"$0\" \"$@\""
        let run = try await run(script, in: ["--user", "--map-root-user"], lab)
        #expect(run.status == 77)
        #expect(
            run.errors == """
                chat-lab: cannot create hosts here:
                  unshare(CLONE_NEWNET): ENOSPC (No space left on device); this kernel lets nobody create network namespaces \
                (user.max_net_namespaces = 0)
                    allow network namespaces: sudo sysctl user.max_net_namespaces=10000

                """)
    }

    @Test(
        "A low soft limit of descriptors is raised to the hard one",
        .enabled(if: canMakeHosts, "needs root and /dev/net/tun"),
        arguments: ["run", "step"])
    func softLimit(_ command: String) async throws {
        let limited = ["prlimit", "--nofile=28:4096", product("chat-lab"), command, "explicit-active"]
        let run = try await withProgram(limited, input: "b\n")
        #expect(run.status == 0)
        #expect(run.errorsAtAnyPace == "")
    }

    @Test(
        "A low hard limit bounds how much is done at once, and that is said",
        .enabled(if: canMakeHosts, "needs root and /dev/net/tun"))
    func hardLimit() async throws {
        let limited = [
            "prlimit", "--nofile=160:160", product("chat-lab"), "run", "explicit-*-no-timestamps", "--jobs", "16",
        ]
        let run = try await withProgram(limited, input: "")
        #expect(run.status == 0)
        #expect(
            run.errors
                == "chat-lab: 160 descriptors allow 3 pairs of hosts at a time, not 16; raise the limit: ulimit -n\n"
        )
    }

    @Test(
        "A slow machine is told of, and waited for, by step as by run",
        .enabled(if: canMakeHosts, "needs root and /dev/net/tun"), arguments: ["run", "step"])
    func slow(_ command: String) async throws {
        try await withTemporaryFolder { folder in
            let lab = "\(folder)/chat-lab"
            try FileManager.default.copyItem(atPath: product("chat-lab"), toPath: lab)
            symlink(product("chat-server"), "\(folder)/chat-server")
            let client = "#!/bin/sh\nsleep 0.3\nexec \(product("chat-client")) \"$@\"\n"
            try client.write(toFile: "\(folder)/chat-client", atomically: true, encoding: .utf8)
            chmod("\(folder)/chat-client", 0o755)
            let run = try await withProgram([lab, command, "explicit-active"], input: "b\n")
            #expect(run.status == 0)
            #expect(run.errors.hasPrefix("chat-lab: this machine is slow: chat-client takes "), "\(run.errors)")
        }
    }
}
