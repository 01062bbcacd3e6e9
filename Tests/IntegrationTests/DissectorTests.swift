import ChatProtocol
import Foundation
import Glibc
import Testing

private let dissector = URL(filePath: #filePath).appending(path: "../../../protocol/chat.lua").standardized.path

private let canMakeHosts = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0

@Suite(
    "The dissector for Wireshark", .enabled(if: isInstalled("tshark"), "tshark is not installed"), .serialized,
    .timeLimit(.minutes(5)))
struct DissectorTests {
    /// What tshark makes of a capture: a line a packet that has a frame, in it the values of the fields.
    private func dissect(_ capture: String, _ fields: String..., filter: String = "chat") async throws -> [String] {
        let names = fields.flatMap { ["-e", $0] }
        let command = ["tshark", "-X", "lua_script:\(dissector)", "-r", capture, "-Y", filter, "-T", "fields"] + names
        // It wants a place for its settings: one of its own, in which nobody else can have laid some, or plugins, for it.
        let run = try await withTemporaryFolder { home in
            try await withProgram(command, environment: ["HOME": home], input: "")
        }
        #expect(run.status == 0)
        #expect(!run.errors.contains("Lua"), "\(run.errors)")
        return run.lines
    }

    private func dissect(
        _ segments: [(isClient: Bool, bytes: [UInt8])], _ field: String, filter: String = "chat", port: UInt16 = 7000
    ) async throws -> [String] {
        var capture = Capture()
        for segment in segments { capture.add(fromClient: segment.isClient, segment.bytes, port: port) }
        return try await withTemporaryFolder { folder in
            let file = "\(folder)/made.pcap"
            try Data(capture.bytes).write(to: URL(filePath: file))
            return try await dissect(file, field, filter: filter)
        }
    }

    @Test(
        "reads question, answer and exit out of a capture of the laboratory",
        .enabled(if: canMakeHosts, "needs root and /dev/net/tun"))
    func laboratory() async throws {
        try await withTemporaryFolder { folder in
            let lab = [product("chat-lab"), "run", "explicit-active", "--output", folder]
            #expect(try await withProgram(lab, input: "").status == 0)
            let capture = "\(folder)/cells/explicit-active.pcap"
            let lines = try await dissect(
                capture, "ip.src", "chat.kind", "chat.length", "chat.text",
                filter: "chat && !tcp.analysis.retransmission")
            #expect(
                lines == ["192.0.2.1\t1\t5\tping", "192.0.2.2\t2\t5\tping", "192.0.2.1\t3\t1\t"])
        }
    }

    @Test("puts a frame together that came in three segments")
    func split() async throws {
        let frame = Frame.bytes(of: .question("in three parts: äöü"))
        let parts = [frame[..<2], frame[2..<9], frame[9...]].map { (isClient: true, bytes: Array($0)) }
        #expect(try await dissect(parts, "chat.text") == ["in three parts: äöü"])
    }

    @Test("finds two frames in one segment, and one and a half in the next")
    func together() async throws {
        let (one, two) = (Frame.bytes(of: .answer("one")), Frame.bytes(of: .answer("two")))
        let segments = [one + two, one + two[..<6], Array(two[6...])].map { (isClient: false, bytes: $0) }
        #expect(try await dissect(segments, "chat.text") == ["one,two", "one", "two"])
    }

    @Test("names the code of an error")
    func errors() async throws {
        let segments = [(isClient: false, bytes: Frame.bytes(of: .error(.busy, "come back later")))]
        #expect(try await dissect(segments, "chat.error.code") == ["5"])
        #expect(try await dissect(segments, "_ws.col.Info").first?.contains("error 5 (busy)") == true)
    }

    @Test("shows a challenge, and whose proof answers it")
    func identity() async throws {
        let challenge = try #require(Challenge(repeatElement(7, count: 32)))
        let proof = try #require(Proof(name: "Zoë", code: repeatElement(9, count: 32)))
        let segments = [
            (isClient: false, bytes: Frame.bytes(of: .challenge(challenge))),
            (isClient: true, bytes: Frame.bytes(of: .proof(proof))),
        ]
        #expect(
            try await dissect(segments, "chat.challenge") == [String(repeating: "07", count: 32), ""])
        #expect(try await dissect(segments, "chat.proof.name") == ["", "Zoë"])
        #expect(try await dissect(segments, "chat.proof.hmac") == ["", String(repeating: "09", count: 32)])
        #expect(try await dissect(segments, "_ws.col.Info").last?.contains("proof \"Zoë\"") == true)
    }

    @Test(
        "marks what is malformed",
        arguments: [
            ([0, 0, 0, 0], "length"), ([0xFF, 0xFF, 0xFF, 0xFF, 1], "length"), ([0, 0, 0, 1, 9], "kind"),
            ([0, 0, 0, 2, 1, 0xFF], "utf8"), ([0, 0, 0, 2, 2, 0x61], "side"), ([0, 0, 0, 2, 3, 0x61], "body"),
            ([0, 0, 0, 2, 7, 0], "body"), ([0, 0, 0, 35, 7, 2] + [UInt8](repeating: 0x61, count: 33), "body"),
            ([0, 0, 0, 35, 7, 1, 0xFF] + [UInt8](repeating: 0x61, count: 32), "utf8"),
        ] as [([UInt8], String)])
    func malformed(_ bytes: [UInt8], _ name: String) async throws {
        let lines = try await dissect([(true, bytes)], "frame.number", filter: "chat.malformed.\(name)")
        #expect(lines == ["1"])
    }

    @Test("takes every valid frame of the test vectors")
    func vectors() async throws {
        let file = URL(filePath: dissector).deletingLastPathComponent().appending(path: "vectors.json")
        let vectors = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let valid = try #require(vectors["valid"] as? [[String: Any]])
        // A packet has room for so much.
        let segments = valid.compactMap { vector -> (isClient: Bool, bytes: [UInt8])? in
            guard let hex = vector["hex"] as? String, hex.count < 120_000 else { return nil }
            let digits = hex.compactMap(\.hexDigitValue)
            let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
            return (vector["sender"] as? String == "client", bytes)
        }
        #expect(segments.count > 10)
        #expect(try await dissect(segments, "frame.number") == segments.indices.map { "\($0 + 1)" })
        let names = ["length", "kind", "utf8", "side", "body"].map { "chat.malformed.\($0)" }
        #expect(try await dissect(segments, "frame.number", filter: names.joined(separator: " || ")) == [])
    }

    @Test("knows a chat on another port by its first frame")
    func heuristic() async throws {
        let segments = [(isClient: true, bytes: Frame.bytes(of: .question("anywhere")))]
        #expect(try await dissect(segments, "chat.text", port: 4711) == ["anywhere"])
    }
}
