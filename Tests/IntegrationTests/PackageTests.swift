import Foundation
import Testing

@Suite(
    "make deb", .enabled(if: isInstalled("dh"), "debhelper is not installed"), .serialized, .timeLimit(.minutes(6)))
struct PackageTests {
    private static let programs = ["chat-server", "chat-client", "chat-lab", "chat-load"]
    private let sources = #filePath.components(separatedBy: "/Tests/")[0]

    /// Packages the executables under test. Unlike those of a release they are linked with Swift's own libraries, which no
    /// package of Debian holds.
    private func package(into folder: String) async throws -> String {
        let build = product("chat-lab").replacing(/\/chat-lab$/, with: "")
        let make = ["make", "--silent", "-C", sources, "deb-file", "BUILD=\(build)", "DEB=\(folder)/deb"]
        let quickly = [
            "DEB_SHLIBDEPS": "--ignore-missing-info", "DPKG_DEB_COMPRESSOR_TYPE": "gzip",
            "DPKG_DEB_COMPRESSOR_LEVEL": "1",
        ]
        let run = try await withProgram(make, environment: quickly, input: "") {
            try await $0.output.end(within: .seconds(240))
        }
        try #require(run.status == 0, "\(run.errors)")
        return try #require(run.lines.last)
    }

    private func output(_ command: String...) async throws -> String {
        let run = try await withProgram(command, input: "")
        #expect(run.status == 0, "\(run.errors)")
        return run.output
    }

    @Test("makes a package of everything, that needs what it is linked with")
    func package() async throws {
        try await withTemporaryFolder { folder in
            let package = try await package(into: folder)
            try await checkControl(package)
            let root = "\(folder)/root"
            _ = try await output("dpkg-deb", "--extract", package, root)
            try await checkFiles(root)
            try await checkWithLintian(package)
        }
    }

    private func checkControl(_ package: String) async throws {
        let version = try await output(product("chat-client"), "--version").split(separator: " ")[1]
        let architecture = try await output("dpkg", "--print-architecture").trimmed
        #expect(package.hasSuffix("/deb/time-wait-chat_\(version)-1_\(architecture).deb"))
        let fields = ["Package", "Version", "Architecture", "Recommends"].map { "${\($0)}\n" }.joined()
        #expect(
            try await output("dpkg-deb", "--show", "--showformat", fields, package)
                == "time-wait-chat\n\(version)-1\n\(architecture)\nutil-linux (>= 2.33)\n")
        let depends = try await output("dpkg-deb", "--field", package, "Depends")
        for library in ["libc6", "libreadline8", "libpcap0.8", "libsodium23"] {
            #expect(depends.contains("\(library) (>= "))
        }
    }

    private func checkFiles(_ root: String) async throws {
        let triplet = try await output("dpkg-architecture", "--query", "DEB_HOST_MULTIARCH").trimmed
        let documents = "usr/share/doc/time-wait-chat"
        let others = ["copyright", "changelog.Debian.gz", "README.md", "docs/results.md", "protocol/vectors.json"]
        let expected =
            Self.programs.flatMap {
                [
                    "usr/bin/\($0)", "usr/share/man/man1/\($0).1.gz", "usr/share/bash-completion/completions/\($0)",
                    "usr/share/zsh/vendor-completions/_\($0)", "usr/share/fish/vendor_completions.d/\($0).fish",
                ]
            } + others.map { "\(documents)/\($0)" } + ["usr/lib/\(triplet)/wireshark/plugins/chat.lua"]
            + ["service", "socket"].map { "lib/systemd/system/chat-server.\($0)" }
        for file in expected { #expect(FileManager.default.fileExists(atPath: "\(root)/\(file)"), "\(file)") }
        for program in Self.programs {
            #expect(try await output("\(root)/usr/bin/\(program)", "--version").hasPrefix("\(program) "))
            #expect(try await output("file", "\(root)/usr/bin/\(program)").contains(", stripped"))
        }
    }

    private func checkWithLintian(_ package: String) async throws {
        guard isInstalled("lintian") else {
            Issue.record("lintian is not installed: the package was not checked with it", severity: .warning)
            return
        }
        // Debug executables name the folder of the toolchain's libraries; a release's contain what they need.
        let lintian = [
            "lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags", "custom-library-search-path",
            package,
        ]
        let run = try await withProgram(lintian, input: "") { try await $0.output.end(within: .seconds(100)) }
        #expect(run.output == "")
        #expect(run.status == 0, "\(run.errors)")
    }
}
