import ArgumentParser
import Console
import Doctor
import Experiments
import Flags
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

    @Argument(help: "A claim, an experiment, or a cell.", completion: NameCompletion.ofShow)
    var name: String

    @OptionGroup
    var color: ColorFlag

    private var description: Description? {
        Description(of: name, experiments: allExperiments.map(\.description), width: textWidth(), hasColour: color.isOn)
    }

    func validate() throws {
        guard description == nil, !Self.isGivenUnknownOption else { return }
        let topic = Topic.named(name) == nil ? "" : " For \(name) itself: chat-lab explain '\(name)'"
        throw ValidationError(Selection.complaint(name) + topic)
    }

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        guard let description else { return }
        try orExit(.connectionLost) { try writeResult(description.text) }
    }
}
