import CLinux
import Recordings
import TCPSockets
import Text

/// How fast this machine is, and what that means for the laboratory: how long it waits, and how much it does at once.
///
/// A guest without hardware support takes many times as long for everything; what fails there for want of patience would say
/// nothing of its kernel.
package struct Pace: Sendable, Hashable {
    /// That of the tasks that run in `LaboratoryRun`.
    @TaskLocal package static var current = Pace(start: .zero)

    /// What a machine needs for a start that is in nobody's way.
    private static let usual = Duration.milliseconds(50)

    /// How long chat-client takes to start, to send a SYN, to be refused by the other host, and to end.
    package let start: Duration

    package init(start: Duration) {
        self.start = start
    }

    /// Takes the pace of this machine: the second shortest of five starts, for the first one also reads the program from disk.
    ///
    /// - Throws: `LaboratoryError`.
    package static func measured(_ chat: Chat) async throws -> Pace {
        let world = try await World()
        let nobody = Endpoint(world.server.address(.v4), port: Chat.port)
        var times: [Duration] = []
        for _ in 0..<5 {
            let start = ContinuousClock.now
            let client = try await world.client.run(chat.client(to: nobody, []), patience: .seconds(120)) { _ in }
            times.append(ContinuousClock.now - start)
            guard client.calls.contains(where: { $0.call == .connect }) else {
                throw LaboratoryError("chat-client has not called connect(): \(client.account)")
            }
        }
        return Pace(start: times.sorted()[1])
    }

    /// How many times as long as usual things take here, from 1 to 60.
    package var factor: Int { min(60, max(1, Int((start.inSeconds / Self.usual.inSeconds).rounded(.up)))) }

    /// How long the laboratory waits for what should come at once.
    package var patience: Duration { scaled(.seconds(10)) }

    /// A time that is long enough on a machine at its usual pace.
    package func scaled(_ time: Duration) -> Duration { time * factor }

    /// How many pairs of hosts may work at the same time: eight for each processor, since most of them wait at any time,
    /// fewer on a slow machine, at least two and at most sixteen.
    ///
    /// - Parameter processors: nil for those on which this process may run.
    package func jobs(processors: Int? = nil) -> Int {
        min(16, max(2, 8 * (processors ?? Int(clinux_processors())) / factor))
    }

    /// How many pairs of hosts can work at the same time with so many descriptors. A pair at work was seen to take 23, with
    /// its programs; the process itself 25.
    package static func jobs(descriptors: Int) -> Int { max(1, (descriptors - 64) / 32) }

    /// A sentence for a machine so slow that whoever waits should know; nil for others.
    ///
    /// - Parameter jobs: How many pairs of hosts work at the same time; nil where there is but one.
    package func remark(jobs: Int? = nil) -> String? {
        guard factor >= 4 else { return nil }
        return
            "this machine is slow: chat-client takes \(Int(start.inSeconds * 1000)) ms to start and be refused, "
            + "usually \(Int(Self.usual.inSeconds * 1000)) ms. So the laboratory waits up to "
            + "\(patience.inTenths) s for each "
            + "event" + (jobs.map { ", and uses \($0) pairs of hosts at a time." } ?? ".")
    }
}
