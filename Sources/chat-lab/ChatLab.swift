import ArgumentParser
import Console
import Text

struct ChatLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-lab",
        abstract: "Tests claims about TIME-WAIT by experiment on this kernel, and finds who closes first.",
        discussion: """
            A real chat-client and a real chat-server converse on two hosts of their own, joined by a wire that chat-lab \
            controls. It records what happens on the wire and in both kernels, and derives each verdict from that.

            EXAMPLES
              chat-lab list                      what there is
              chat-lab show A1                   what is claimed, and by whom
              chat-lab run                       everything that needs no waiting
              chat-lab run --full --output DIR   everything, with captures
              chat-lab step explicit-active      one segment at a time, with the keyboard
              chat-lab try --server 'python3 -m http.server {port}' \\
                           --client 'curl -s http://server:{port}/'
                                                 two programs of yours
              chat-lab read FILE                 who closed first in a capture
              chat-lab compare A.json B.json     what differs between two kernels
              chat-lab explain EADDRINUSE        what it means, and what to do
              chat-lab doctor                    how exposed this machine is
              chat-lab watch                     who closes first on this machine, live
            """,
        version: Version.text(of: "chat-lab"),
        subcommands: [
            RunCommand.self, ListCommand.self, ShowCommand.self, StepCommand.self, TryCommand.self,
            ReadCommand.self, WatchCommand.self, CompareCommand.self, ExplainCommand.self, DoctorCommand.self,
        ])

    /// Tells the nearest to who names a command that does not exist; ArgumentParser calls it an unexpected argument.
    ///
    /// - Parameter word: The first argument.
    static func checkCommand(_ word: String?) throws {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
        let hint = suggestion(for: word, among: names, otherwise: "chat-lab --help lists them")
        throw ValidationError("there is no command \(visible(word)); \(hint)")
    }
}
