import Recordings
import Stories
import Testing

@testable import Trials

@Suite("Why RSTs were sent, by a host's counters")
struct ResetAttributionTests {
    private static let active = Story.Reset(
        from: .client, cause: .unknown, knownFrom: .segments,
        candidates: [.lingerZero, .unreadData, .disconnect, .keepalive])
    private static let late = Story.Reset(from: .client, cause: .lateData, knownFrom: .segments)

    private func cause(_ resets: [Story.Reset], _ counters: [String: Int]) -> ResetCause? {
        let growth = Dictionary(uniqueKeysWithValues: counters.map { ("TcpExt:TCPAbortOn\($0.key)", $0.value) })
        return ResetAttribution(resets, counters: growth).cause(of: resets[0])
    }

    @Test("One cause for all is told")
    func one() {
        #expect(cause([Self.active], ["Close": 1]) == .unreadData)
        #expect(cause([Self.active], ["Data": 1]) == .lingerZero)
        #expect(cause([Self.active], ["Timeout": 1]) == .keepalive)
        #expect(cause([Self.active, Self.active], ["Close": 2]) == .unreadData)
        #expect(cause([Self.active, Self.late], ["Data": 2]) == .lingerZero)
    }

    @Test("Several causes, or none that is counted, tell nothing of one of them")
    func several() {
        #expect(cause([Self.active], [:]) == nil)
        #expect(cause([Self.active, Self.active], ["Close": 1, "Data": 1]) == nil)
        #expect(cause([Self.active, Self.active], ["Close": 1]) == nil)
        #expect(cause([Self.active, Self.late], ["Data": 1]) == nil)
        #expect(cause([Self.late], ["Data": 1]) == nil)
    }
}
