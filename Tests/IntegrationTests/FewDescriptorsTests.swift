import Testing

@Suite(
    "With few descriptors", .enabled(if: namespaceIsPossible, "needs root, python3 and ip(8)"), .serialized,
    .timeLimit(.minutes(5)))
struct FewDescriptorsTests {
    @Test("doctor, explain and a server say EMFILE, and nothing that they could not see", arguments: 4...8)
    func few(_ limit: Int) async throws {
        let lines = try await said(
            """
            held = hold("127.0.0.1", 7001)
            few = ["sh", "-c", 'ulimit -n \(limit); exec "$@"', "sh"]
            say(*few, lab, "doctor")
            say(*few, lab, "explain", "--port", 7001)
            say(*few, server, "--port", 7001)
            """)
        #expect(lines[0].hasPrefix("70 ") && lines[0].contains("EMFILE") && !lines[0].contains("absent"), "\(lines[0])")
        #expect(
            lines[1].hasPrefix("70 ") && lines[1].contains("EMFILE") && !lines[1].contains("held by"), "\(lines[1])")
        #expect(
            !lines[2].hasPrefix("0 ") && lines[2].contains("EMFILE") && !lines[2].contains("No socket"), "\(lines[2])")
    }

    @Test("With enough they say what is there", arguments: [20])
    func enough(_ limit: Int) async throws {
        let lines = try await said(
            """
            held = hold("127.0.0.1", 7001)
            few = ["sh", "-c", 'ulimit -n \(limit); exec "$@"', "sh"]
            say(*few, lab, "doctor")
            say(*few, lab, "explain", "--port", 7001)
            """)
        #expect(lines[0].hasPrefix("0 ") && !lines[0].contains("EMFILE"), "\(lines[0])")
        #expect(lines[1].hasPrefix("69 ") && lines[1].contains("127.0.0.1:7001 LISTEN, held by python3"), "\(lines[1])")
    }
}
