import ArgumentParser
import Claims
import Doctor
import Experiments
import Recordings
import Scenes
import StopMotion

/// What the shells offer where a name is wanted. They ask for it when somebody presses Tab, so it is never out of date.
enum NameCompletion {
    static var ofRun: CompletionKind { .custom { _, _, _ in ["matrix"] + experiments + claims + cells } }
    static var ofShow: CompletionKind { .custom { _, _, _ in experiments + claims + cells } }
    static var ofStep: CompletionKind { .custom { _, _, _ in Scenario.experimentNames + cells } }
    static var ofExplain: CompletionKind { .custom { _, _, _ in Topic.completions } }
    /// Without the = that follows: bash takes it for the end of a word.
    static var ofSysctl: CompletionKind {
        .custom { _, _, _ in Topic.settingNames.filter { NetworkSettings.value($0) != nil } }
    }
    /// The names of the running programs (proc(5), comm); those of most kernel threads have a slash.
    static let ofProcess = CompletionKind.shellCommand("cat /proc/*/comm 2>/dev/null | grep -v / | sort -u")

    private static var experiments: [String] { allExperiments.map(\.id) }
    private static var claims: [String] { Claim.all.map(\.id) }
    private static var cells: [String] { Matrix.cells().map(\.id) }
}
