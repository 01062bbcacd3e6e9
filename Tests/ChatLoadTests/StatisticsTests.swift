import ChatProtocol
import TCPSockets
import Testing

@testable import ChatLoad

@Suite("What chat-load counts")
struct StatisticsTests {
    @Test("Percentiles are those of the recorded latencies, to three digits")
    func percentiles() throws {
        var statistics = Statistics()
        for microseconds in 1...1000 { statistics.completed(nanoseconds: Int64(microseconds) * 1000) }
        let latency = try #require(statistics.latency)
        #expect(statistics.operations == 1000)
        for (found, wanted) in [
            (latency.p50, 500.0), (latency.p90, 900), (latency.p99, 990), (latency.p999, 999), (latency.highest, 1000),
        ] {
            let microseconds = found / .microseconds(1)
            #expect(abs(microseconds - wanted) / wanted < 0.002)
        }
    }

    @Test("Latencies that no histogram should meet are kept at its edges", arguments: [-1, 0, Int64.max])
    func edges(_ nanoseconds: Int64) {
        var statistics = Statistics()
        statistics.completed(nanoseconds: nanoseconds)
        #expect(statistics.latency != nil)
        #expect(statistics.operations == 1)
    }

    @Test("Without an operation there is no latency")
    func nothing() {
        #expect(Statistics().latency == nil)
    }

    @Test("Failures are counted, and the first one is kept")
    func failures() {
        var statistics = Statistics()
        statistics.failed(.truncated)
        statistics.failed(.endOfStream)
        statistics.failed(.endOfStream)
        #expect(statistics.failures == [.truncated: 1, .endOfStream: 2])
        #expect(statistics.failureCount == 3)
        #expect(statistics.firstFailure == .truncated)
    }

    @Test("A failed call goes by its errno, and tells what ran out")
    func names() {
        let ports = LoadFailure.call(SocketError(.connect, .addressNotAvailable))
        #expect(ports.name == "EADDRNOTAVAIL")
        #expect(ports.resource(nil) == .ports)
        #expect(LoadFailure.call(SocketError(.socket, .tooManyOpenFiles)).resource(nil) == .descriptors)
        #expect(LoadFailure.call(SocketError(.connect, .connectionRefused)).resource(nil) == nil)
        #expect(LoadFailure.refused(.busy).name == "refused: busy")
    }

    @Test("EADDRNOTAVAIL for want of an address to call from is no want of ports")
    func noAddress() {
        let error = SocketError(.connect, .addressNotAvailable)
        let diagnosis = AddressDiagnosis(
            error, of: AddressRequest(local: nil), reason: .unusableAddress(.ipv6Off(interface: nil)))
        #expect(LoadFailure.call(error).resource(diagnosis) == nil)
    }
}
