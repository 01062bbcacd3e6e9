import ArgumentParser
import Console
import Glibc
import TCPSockets
import Text
import Watch

/// The connections that end in the next seconds, for commands that tell of them beside other things.
enum RecentEnds {
    /// Watches for some time. SIGINT and SIGTERM end the program, with nothing left in tracefs.
    ///
    /// - Throws: `ExitCode`, after what is missing was said.
    static func watch(ports: [UInt16] = [], for seconds: Double, including isWanted: (EndedConnection) -> Bool) throws
        -> WatchFigures
    {
        let watch: Watch
        let signals = try orExit(.software) { try Signals([SIGINT, SIGTERM]) }
        defer { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
        do {
            watch = try Watch(.init(ports: ports))
        } catch {
            writeLine("chat-lab: \(error)", to: 2)
            let isRefusal = (error as? TracingError)?.isRefusal == true
            throw ExitCode((isRefusal ? ExitStatus.notPermitted : .software).rawValue)
        }
        defer { watch.stop() }
        if isTerminal(2) { overwriteLine("watching connections end for \(seconds.fixed(seconds < 10 ? 1 : 0)) s") }
        defer { if isTerminal(2) { overwriteLine("") } }
        var figures = WatchFigures()
        let end = ContinuousClock.now + .seconds(seconds)
        while end > .now {
            let (results, ready) = try orExit(.software) {
                try watch.step(also: [signals.descriptor], until: end)
            }
            for case .connection(let connection) in results where isWanted(connection) { figures.add(connection) }
            if !ready.isEmpty, let number = signals.next() { throw ExitCode(128 + number) }
        }
        for case .connection(let connection) in watch.finish() where isWanted(connection) { figures.add(connection) }
        let lost = watch.lostEvents()
        if lost > 0 { writeLine("chat-lab: \(counted(lost, "event")) lost while watching", to: 2) }
        return figures
    }
}
