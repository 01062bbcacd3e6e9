import Glibc
import Synchronization
import SystemPackage
import Testing

/// Whether the executables have GNU Readline: a trait of the package, for all of its targets.
#if Readline
let hasLineEditing = plainExecutables == nil
#else
let hasLineEditing = false
#endif

/// A pseudo-terminal: the program has the slave, and the test sits at the master.
final class Terminal: Sendable {
    let master: FileDescriptor
    let slave: FileDescriptor
    let output: Output

    /// - Parameter columns: So many that no line of a test is wrapped, unless a test is about that.
    init(columns: UInt16 = 200, rows: UInt16 = 50) throws {
        var (master, slave): (CInt, CInt) = (-1, -1)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&master, &slave, nil, nil, &size) == 0)
        for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        self.master = FileDescriptor(rawValue: master)
        self.slave = FileDescriptor(rawValue: slave)
        output = try Output(reading: master)
    }

    /// What is to be seen, without the blanks at the end of lines and the empty lines at the end.
    var screen: [String] { Screen(output.bytes).lines }

    /// Waits until the screen ends with these lines.
    func shows(_ last: String...) async throws {
        do {
            try await output.satisfies("\(last)") { Screen($0).lines.suffix(last.count) == last[...] }
        } catch {
            throw Output.NotSeen(description: "the screen does not end with \(last), but is \(screen)")
        }
    }

    /// Waits until everything that was written to the terminal is in `output`.
    func settle() async throws {
        let mark = "<settled \(UInt32.random(in: 0 ... .max))>"
        try slave.writeAll(mark.utf8)
        try await output.take(mark)
    }

    deinit {
        output.abandon()
        try? slave.close()
    }

    /// The settings of the terminal (termios(3)), in a form that can be compared.
    var settings: Settings {
        var attributes = termios()
        tcgetattr(slave.rawValue, &attributes)
        let characters = withUnsafeBytes(of: attributes.c_cc) { Array($0) }
        return Settings(
            input: attributes.c_iflag, output: attributes.c_oflag, control: attributes.c_cflag,
            local: attributes.c_lflag, characters: characters)
    }

    /// Makes the window another size, of which the kernel tells the program with SIGWINCH.
    func resize(columns: UInt16) {
        var size = winsize(ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave.rawValue, UInt(TIOCSWINSZ), &size)
    }

    struct Settings: Equatable {
        let input, output, control, local: tcflag_t
        let characters: [UInt8]
    }

    enum Key {
        static let up = "\u{1B}[A"
        static let tab = "\t"
        static let enter = "\r"
        static let interrupt = "\u{3}"
        static let endOfInput = "\u{4}"
        static let suspend = "\u{1A}"
    }
}
