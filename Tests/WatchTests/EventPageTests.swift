import Recordings
import Stories
import TCPSockets
import Testing

@testable import Watch

@Suite("A page of the kernel's ring buffer")
struct EventPageTests {
    private let decoder: EventDecoder
    private let format: PageFormat

    init() throws {
        let formats = [RecordedFormats.transition, RecordedFormats.resetSent, RecordedFormats.resetReceived]
            .compactMap { EventFormat($0) }
        try #require(formats.count == 3)
        decoder = try #require(
            EventDecoder(transition: formats[0], resetSent: formats[1], resetReceived: formats[2]))
        format = try #require(PageFormat(page: RecordedFormats.headerPage, event: RecordedFormats.headerEvent))
    }

    private func events(_ page: [UInt8]) -> (events: [KernelEvent], hasLost: Bool) {
        var events: [KernelEvent] = []
        let hasLost = page.withUnsafeBytes { bytes in
            EventPage.forEach(in: bytes, format) { time, bytes in
                if let event = decoder.event(at: time, bytes) { events.append(event) }
            }
        }
        return (events, hasLost)
    }

    private func isOurs(_ event: KernelEvent) -> Bool { [event.local.port, event.remote.port].contains(17_021) }

    @Test("holds the transitions of two connections, in order, with calls told from softirqs")
    func recorded() throws {
        let (all, hasLost) = events(RecordedPage.bytes)
        let events = all.filter(isOurs)
        #expect(!hasLost)
        let transitions = events.compactMap { event -> String? in
            guard case .transition(let old?, let new?) = event.kind else { return nil }
            return "\(old)→\(new)" + (event.isCall ? "" : " (softirq)")
        }
        #expect(
            transitions == [
                "CLOSED→LISTEN",
                "CLOSED→SYN-SENT", "SYN-SENT→ESTABLISHED", "LISTEN→SYN-RECEIVED (softirq)",
                "SYN-RECEIVED→ESTABLISHED (softirq)", "ESTABLISHED→FIN-WAIT-1", "ESTABLISHED→CLOSE-WAIT (softirq)",
                "CLOSE-WAIT→LAST-ACK", "FIN-WAIT-1→FIN-WAIT-2 (softirq)", "FIN-WAIT-2→CLOSED (softirq)",
                "LAST-ACK→CLOSED",
                "CLOSED→SYN-SENT", "SYN-SENT→ESTABLISHED", "LISTEN→SYN-RECEIVED (softirq)",
                "SYN-RECEIVED→ESTABLISHED (softirq)", "ESTABLISHED→CLOSED", "ESTABLISHED→CLOSED (softirq)",
                "LISTEN→CLOSED",
            ])
        #expect(events.contains { $0.kind == .resetReceived })
        let reasons = events.compactMap { event -> String? in
            if case .resetSent(let reason) = event.kind { decoder.reasons[reason] } else { nil }
        }
        #expect(reasons == ["TCP_ABORT_ON_CLOSE"])
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time })
        // Between the two connections the process slept for 0.4 s, which takes a header of its own (time_extend).
        let openings = events.filter { $0.kind == .transition(from: .closed, to: .synSent) }
        #expect(openings.count == 2 && openings[1].time - openings[0].time > 400_000_000)
    }

    @Test("The recorded page comes to two connections and their ends")
    func stories() {
        var tracker = ConnectionTracker.forTests(words: decoder.reasons)
        let events = events(RecordedPage.bytes).events.filter(isOurs).sorted { $0.time < $1.time }
        for event in events { tracker.take(event) }
        let stories = tracker.connections(until: .max).map(\.story)
        #expect(stories.map(\.ending) == [.fin, .rst])
        #expect(stories.map(\.firstToClose) == [.client, .server])
        #expect(stories.map(\.timeWait) == [.client, .none])
        #expect(stories.map(\.reset?.cause) == [nil, .unreadData])
        #expect(tracker.liveCount == 0)
    }

    @Test("The flag for lost events is told")
    func lost() {
        var page = RecordedPage.bytes
        page[11] |= 0x80
        #expect(events(page).hasLost)
        #expect(events(page).events == events(RecordedPage.bytes).events)
    }

    @Test("No page, however short or wrong, makes it read beyond its end")
    func hostile() {
        let page = RecordedPage.bytes
        for length in 0..<page.count { _ = events(Array(page[..<length])) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var damaged = page
            for _ in 0..<8 { damaged[.random(in: 8..<page.count, using: &generator)] = .random(in: 0...255) }
            _ = events(damaged)
        }
    }

    @Test("Time stamps, extensions, padding and long events")
    func headers() {
        func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        func header(_ type: UInt32, _ delta: UInt32) -> [UInt8] { word(type | delta << 5) }
        var data: [UInt8] = []
        data += header(30, 5)
        data += word(1)  // 2^27 + 5 later
        data += header(1, 2)  // and 2 more
        data += word(0xAA)
        data += header(29, 1)  // taken back: 1 later
        data += word(8)
        data += word(0)
        data += header(0, 3)  // its length in a word of its own: 4 + 4
        data += word(8)
        data += word(0xBB)
        data += header(31, 7)  // the time itself: 2 * 2^27 + 7
        data += word(2)
        data += header(1, 0)
        data += word(0xCC)
        data += header(29, 0)  // the rest is empty
        data += word(0)
        var page: [UInt8] = word(1000)
        for part in [word(0), word(UInt32(data.count)), word(0), data] { page += part }
        var seen: [(UInt64, UInt8, Int)] = []
        page.withUnsafeBytes { bytes in
            _ = EventPage.forEach(in: bytes, format) { seen.append(($0, $1[0], $1.count)) }
        }
        #expect(seen.map(\.1) == [0xAA, 0xBB, 0xCC])
        #expect(seen.map(\.2) == [4, 4, 4])
        let extension27: UInt64 = 1 << 27
        #expect(seen.map(\.0) == [1000 + extension27 + 7, 1000 + extension27 + 11, 2 * extension27 + 7])
    }
}
