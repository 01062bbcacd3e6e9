import Foundation
import Testing

@Suite("make install", .serialized, .timeLimit(.minutes(5)))
struct InstallTests {
    private static let programs = ["chat-server", "chat-client", "chat-lab", "chat-load"]
    private let sources = #filePath.components(separatedBy: "/Tests/")[0]

    /// Installs the executables under test, which are there, instead of others that would have to be built.
    private func make(_ target: String, into prefix: String) async throws -> Finished {
        let folder = product("chat-lab").replacing(/\/chat-lab$/, with: "")
        return try await withProgram(
            ["make", "--silent", "-C", sources, target, "BUILD=\(folder)", "PREFIX=\(prefix)"], input: "")
    }

    private func files(below folder: String) throws -> Set<String> {
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder)
        var isFolder: ObjCBool = false
        return Set(
            all.filter {
                FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
            })
    }

    @Test("puts executables, manual pages and completions into an empty prefix; uninstall takes all of them away")
    func install() async throws {
        try await withTemporaryFolder { prefix in
            let install = try await make("install-files", into: prefix)
            #expect(install.errors == "")
            #expect(install.status == 0)
            let expected = Self.programs.flatMap {
                [
                    "bin/\($0)", "share/man/man1/\($0).1", "share/bash-completion/completions/\($0)",
                    "share/zsh/site-functions/_\($0)", "share/fish/vendor_completions.d/\($0).fish",
                ]
            }
            #expect(try files(below: prefix) == Set(expected))
            for program in Self.programs {
                let run = try await withProgram(["\(prefix)/bin/\(program)", "--version"], input: "")
                #expect(run.output.hasPrefix("\(program) "))
                let bash = "\(prefix)/share/bash-completion/completions/\(program)"
                #expect(try await withProgram(["bash", "-n", bash], input: "").errors == "")
                let zsh = try String(contentsOfFile: "\(prefix)/share/zsh/site-functions/_\(program)", encoding: .utf8)
                #expect(zsh.hasPrefix("#compdef \(program)"))
            }
            #expect(try await make("uninstall", into: prefix).status == 0)
            #expect(try files(below: prefix) == [])
        }
    }

    @Test("The manual pages name every flag that --help does", arguments: programs)
    func flags(_ program: String) async throws {
        let page = try String(contentsOfFile: "\(sources)/man/\(program).1", encoding: .utf8)
        let commands =
            program == "chat-lab" ? ["run", "list", "read", "compare", "explain", "doctor"].map { [$0] } : [[]]
        for command in commands {
            let help = try await withProgram([product(program)] + command + ["--help"], input: "").output
            let options = try #require(help.components(separatedBy: "OPTIONS:").dropFirst().first)
            let flags = Set(
                options.matches(of: /^ +(--[a-z-]+)/.anchorsMatchLineEndings()).map { String($0.1.dropFirst()) })
            #expect(!flags.isEmpty)
            for flag in flags where !["-version", "-help", "-log-level"].contains(flag) {
                #expect(page.contains("Fl \(flag)") || page.contains("| \(flag)"), "\(program) \(flag)")
            }
        }
    }

    @Test("The manual pages are sound", .enabled(if: isInstalled("groff"), "needs groff"), arguments: programs)
    func pages(_ program: String) async throws {
        let page = "\(sources)/man/\(program).1"
        let run = try await withProgram(["groff", "-mandoc", "-Tutf8", "-ww", page], input: "")
        #expect(run.status == 0)
        #expect(run.errors == "")
        if isInstalled("mandoc") {
            #expect(try await withProgram(["mandoc", "-Tlint", "-W", "warning", page], input: "").output == "")
        }
    }
}
