import Foundation
import Testing

/// Without a kernel: `.ci/run` boots one.
@Suite("scripts/kernels", .timeLimit(.minutes(5)))
struct KernelsScriptTests {
    private static let script = #filePath.components(separatedBy: "/Tests/")[0] + "/scripts/kernels"

    private func kernels(_ arguments: String..., mirror: String = "file:/nowhere") async throws -> Finished {
        try await withProgram(["env", "MIRROR=\(mirror)", "python3", "-B", Self.script] + arguments, input: "")
    }

    @Test("A kernel that it does not know, or a flag: 64")
    func usage() async throws {
        let unknown = try await kernels("2.6")
        #expect(unknown.status == 64)
        #expect(
            unknown.errors.hasSuffix(
                "scripts/kernels: no kernel 2.6: 5.10, 6.1, 6.12, 7.2, each also with -qemu behind it\n"))
        #expect(try await kernels("--no-such-flag").status == 64)
    }

    @Test("Without the executables: 69, and what builds them")
    func missing() async throws {
        let run = try await kernels("--programs", "/no/such/folder", "7.2")
        #expect(run.status == 69)
        #expect(run.errors.contains("/no/such/folder/chat-lab (make kernels builds it)"))
    }

    @Test("A kernel that cannot be had is named, and so is the next: 1")
    func unreachable() async throws {
        try await withTemporaryFolder { folder in
            let run = try await kernels("--programs", productsFolder, "--work", folder, "5.10", "6.1")
            #expect(run.status == 1)
            for name in ["5.10", "6.1"] {
                #expect(run.errors.contains("linux-\(name): apt-get: "), "\(run.errors)")
            }
            #expect(run.output == "")
        }
    }
}
