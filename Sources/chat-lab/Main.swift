import ArgumentParser
import Console
import Dispatch
import Glibc

/// Starts the program, and Swift's concurrency for those commands that need it.
@main
enum Main {
    static func main() {
        openStandardDescriptors()
        reportOutputLostAtExit()
        do {
            try ChatLab.checkCommand(CommandLine.arguments.dropFirst().first)
            var command = try ChatLab.parseAsRoot()
            guard command is any AsyncParsableCommand else { return try command.run() }
            // Programs and hosts take some more, and so do the pipes to them.
            requireConcurrency(room: command is DoctorCommand ? 4 : 8)
            // Not on the main queue, whose event descriptor libdispatch would make only now.
            Task.detached { await runConcurrently() }
        } catch {
            ChatLab.exit(withError: error)
        }
        dispatchMain()
    }

    /// Reads the command line once more: a command does not pass from one thread to another.
    private static func runConcurrently() async {
        do {
            if var command = try ChatLab.parseAsRoot() as? any AsyncParsableCommand { try await command.run() }
            ChatLab.exit()
        } catch {
            ChatLab.exit(withError: error)
        }
    }

    /// libdispatch, on which Swift's concurrency runs, makes its epoll instance and its event descriptors when they are first
    /// needed, and ends the program by an illegal instruction where it cannot. So it makes them here, before anything else
    /// takes the room, or the program ends with EX_SOFTWARE and a word.
    private static func requireConcurrency(room: Int) {
        guard hasRoom(for: room) else {
            writeLine("chat-lab: too few descriptors are left: EMFILE (Too many open files); see ulimit -n", to: 2)
            exit(ExitStatus.software.rawValue)
        }
        let isReady = DispatchSemaphore(value: 0)
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.setEventHandler { isReady.signal() }
        timer.schedule(deadline: .now())
        timer.activate()
        isReady.wait()
        timer.cancel()
    }

    private static func hasRoom(for count: Int) -> Bool {
        let descriptors = (0..<count).map { _ in dup(STDERR_FILENO) }
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
        return !descriptors.contains(-1)
    }
}
