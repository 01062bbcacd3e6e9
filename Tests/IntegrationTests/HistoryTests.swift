import Foundation
import Testing

@Suite(
    "The history of a client at a terminal", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct HistoryTests {
    /// Where the history is to be, given a folder, and what says so.
    enum Place: String, CaseIterable, Sendable {
        case flag, variable, stateHome

        func file(in folder: String) -> String {
            self == .stateHome ? "\(folder)/chat-client/history" : "\(folder)/new/folder/lines"
        }

        func flags(_ folder: String) -> [String] {
            self == .flag ? ["--history", file(in: folder)] : []
        }

        func environment(_ folder: String) -> [String: String] {
            switch self {
            case .flag: ["CHAT_CLIENT_HISTORY": "\(folder)/wrong", "XDG_STATE_HOME": "\(folder)/wrong"]
            case .variable: ["CHAT_CLIENT_HISTORY": file(in: folder), "XDG_STATE_HOME": "\(folder)/wrong"]
            case .stateHome: ["XDG_STATE_HOME": folder]
            }
        }
    }

    @Test("Lines are kept in a file for its owner alone, and the up arrow brings them back", arguments: Place.allCases)
    func recalled(_ place: Place) async throws {
        try await withTemporaryFolder { folder in
            try await withServer { server in
                let command = clientCommand(server.port, place.flags(folder))
                for isSecond in [false, true] {
                    let terminal = try Terminal()
                    let client = try await withProgram(
                        command, terminal: terminal, environment: place.environment(folder)
                    ) { client in
                        try await terminal.shows(">")
                        if isSecond {
                            // exit, two, one: the last first.
                            try client.type(Terminal.Key.up + Terminal.Key.up)
                            try await terminal.shows("> two")
                            try client.type(Terminal.Key.up)
                            try await terminal.shows("> one")
                            try client.type("\r")
                            try await terminal.shows("> one", "one", ">")
                        } else {
                            for line in ["one", "two"] {
                                try client.type(line + "\r")
                                try await terminal.shows("> \(line)", line, ">")
                            }
                        }
                        try client.type("exit\r")
                    }
                    #expect(client.status == 0)
                }
            }
            let file = place.file(in: folder)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "one\ntwo\nexit\none\nexit\n")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/wrong"))
        }
    }

    @Test("--no-history keeps none")
    func none() async throws {
        try await withTemporaryFolder { folder in
            try await withServer { server in
                let terminal = try Terminal()
                let client = try await withProgram(
                    clientCommand(server.port, ["--no-history"]), terminal: terminal,
                    environment: ["CHAT_CLIENT_HISTORY": "\(folder)/history", "XDG_STATE_HOME": folder]
                ) { client in
                    try await terminal.shows(">")
                    try client.type("one\r")
                    try await terminal.shows("> one", "one", ">")
                    try client.type("exit\r")
                }
                #expect(client.status == 0)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test("Through a pipe nothing is kept")
    func pipe() async throws {
        try await withTemporaryFolder { folder in
            try await withServer { server in
                let client = try await runClient(server, ["--history", "\(folder)/history"], input: "one\n")
                #expect(client.output == "one\n")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }
}
