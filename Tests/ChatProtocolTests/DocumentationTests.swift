import ChatProtocol
import Foundation
import Testing

@Suite("The library's documentation")
struct DocumentationTests {
    @Test("begins with an example that does what it says")
    func works() throws {
        var decoder = FrameDecoder(from: .client)
        var messages: [Message] = []
        let bytes = Frame.bytes(of: .question("2+2")) + Frame.bytes(of: .exit)
        for byte in bytes {
            withUnsafeBytes(of: byte) { decoder.append($0) }
            while let message = try decoder.next() {
                messages.append(message)
            }
        }
        #expect(messages == [.question("2+2"), .exit])
    }

    @Test("shows what is tested here")
    func shown() throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let page = try String(
            contentsOfFile: "\(root)/Sources/ChatProtocol/ChatProtocol.docc/ChatProtocol.md", encoding: .utf8)
        let here = try String(contentsOfFile: #filePath, encoding: .utf8)
        let shown = page.components(separatedBy: "```")[1].split(separator: "\n").dropFirst()
        #expect(shown.count >= 8)
        #expect(here.contains(shown.map { "        \($0)\n" }.joined()))
    }
}
