import ArgumentParser
import Console
import Experiments
import Reports
import Runs
import Scenes

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows what is claimed, what is done, and what to look for.",
        discussion: """
            EXAMPLES
              chat-lab show A1                who claims what, and what bears on it
              chat-lab show explicit-active   a cell's knobs and its commands
            """)

    @Argument(help: "A claim, an experiment, or a cell.")
    var name: String

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        guard
            let description = Description(of: name, experiments: allExperiments.map(\.description), width: textWidth())
        else {
            throw ValidationError(Selection.complaint(name))
        }
        try orExit(.connectionLost) { try writeResult(description.text) }
    }
}
