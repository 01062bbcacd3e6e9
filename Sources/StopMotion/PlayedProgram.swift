import Bench
import Recordings

/// A program of the play: one of the chat's, which tells of its calls, or a command of somebody's.
enum PlayedProgram: Sendable {
    case chat(Program)
    case command(HostedCommand)

    var activity: ProgramActivity {
        switch self {
        case .chat(let program): program.activity
        case .command(let command): ProgramActivity(ofAll: command.processes)
        }
    }

    var calls: [SocketCall] {
        switch self {
        case .chat(let program): program.output.read(\.calls)
        case .command: []
        }
    }

    /// How the server program said that the conversation ended; nil where it has not said so.
    var ending: ConversationEnd.Way? {
        guard case .chat(let program) = self else { return nil }
        return program.output.read(\.ends).last { $0.way != .leaked }?.way
    }
}
