import TCPSockets
import Testing

@testable import Watch

@Suite("The kernel's description of its events")
struct EventFormatTests {
    @Test("Fields, with their places")
    func fields() throws {
        let format = try #require(EventFormat(RecordedFormats.transition))
        #expect(format.name == "inet_sock_set_state")
        #expect(format["skaddr"] == .init(offset: 8, size: 8))
        #expect(format["newstate"] == .init(offset: 20, size: 4))
        #expect(format["daddr_v6"] == .init(offset: 56, size: 16))
        #expect(format["cookie"] == nil)
    }

    @Test("The words for the reasons of a RST")
    func words() throws {
        let words = try #require(EventFormat(RecordedFormats.resetSent)).words(of: "reason")
        #expect(words[1] == "NO_SOCKET" && words[11] == "TCP_ABORT_ON_CLOSE" && words[14] == "TCP_STATE")
        #expect(words.count == 26)
        #expect(EventFormat(RecordedFormats.transition)?.words(of: "reason") == [:])
    }

    @Test("The header of a page and of an event")
    func headers() throws {
        let format = try #require(
            PageFormat(page: RecordedFormats.headerPage, event: RecordedFormats.headerEvent))
        #expect(format.data == 16 && format.lengthBits == 5)
        #expect((format.padding, format.timeExtend, format.timeStamp) == (29, 30, 31))
    }

    @Test("What is no description gives none", arguments: ["", "name: x", "name: x\nID: y", "\u{1B}[2J"])
    func nonsense(_ text: String) {
        #expect(EventFormat(text) == nil)
        #expect(PageFormat(page: text, event: text) == nil)
    }

    @Test("A kernel before 6.10 tells no reason, and has ports and addresses for each family")
    func older() throws {
        let older = """
            name: tcp_send_reset
            ID: 1400
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:const void * skbaddr;\toffset:8;\tsize:8;\tsigned:0;
            \tfield:const void * skaddr;\toffset:16;\tsize:8;\tsigned:0;
            \tfield:int state;\toffset:24;\tsize:4;\tsigned:1;
            \tfield:__u16 sport;\toffset:28;\tsize:2;\tsigned:0;
            \tfield:__u16 dport;\toffset:30;\tsize:2;\tsigned:0;
            \tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;
            \tfield:__u8 daddr[4];\toffset:36;\tsize:4;\tsigned:0;
            \tfield:__u8 saddr_v6[16];\toffset:40;\tsize:16;\tsigned:0;
            \tfield:__u8 daddr_v6[16];\toffset:56;\tsize:16;\tsigned:0;

            print fmt: "sport=%hu", REC->sport
            """
        let decoder = try #require(
            EventDecoder(
                transition: EventFormat(RecordedFormats.transition) ?? missing(),
                resetSent: EventFormat(older) ?? missing(),
                resetReceived: EventFormat(RecordedFormats.resetReceived) ?? missing()))
        #expect(decoder.reasons == [:])
        var bytes = [UInt8](repeating: 0, count: 72)
        bytes.replaceSubrange(0..<2, with: [UInt8(1400 & 0xFF), UInt8(1400 >> 8)])
        bytes[16] = 7
        bytes.replaceSubrange(28..<32, with: [0x58, 0x1B, 0x40, 0x9C])
        // ::ffff:192.0.2.1 and ::ffff:192.0.2.2: no field tells the family.
        for (offset, last) in [(40, UInt8(1)), (56, 2)] {
            bytes.replaceSubrange(offset + 10..<offset + 16, with: [0xFF, 0xFF, 192, 0, 2, last])
            bytes.replaceSubrange(32 + (last == 1 ? 0 : 4)..<36 + (last == 1 ? 0 : 4), with: [192, 0, 2, last])
        }
        let event = bytes.withUnsafeBytes { decoder.event(at: 5, $0) }
        #expect(event?.kind == .resetSent(reason: -1))
        #expect(event.map { "\($0.local) \($0.remote)" } == "192.0.2.1:7000 192.0.2.2:40000")
    }

    private struct Missing: Error {}
    private func missing() throws -> EventFormat { throw Missing() }
}
