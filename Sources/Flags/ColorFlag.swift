import ArgumentParser
import Glibc

/// Whether a text is in colour.
package struct ColorFlag: ParsableArguments {
    package enum Choice: String, ExpressibleByArgument, CaseIterable, Sendable {
        case auto, always, never
    }

    @Option(
        help: ArgumentHelp(
            "auto: on a terminal, unless NO_COLOR is set or TERM is dumb; always; or never.", valueName: "when"))
    package var color = Choice.auto

    package init() {}

    /// Whether standard output gets colours. The flag wins over the environment: NO_COLOR (no-color.org) and TERM count for
    /// auto only.
    package var isOn: Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto: isatty(STDOUT_FILENO) == 1 && !isUnwanted("NO_COLOR") && !isDumb
        }
    }

    private func isUnwanted(_ name: String) -> Bool { getenv(name).map { $0.pointee != 0 } ?? false }

    private var isDumb: Bool { getenv("TERM").map { String(cString: $0) == "dumb" } ?? true }
}
