package import Recordings

/// An experiment that was carried out.
package struct ExperimentResult: Sendable {
    package let id: String
    package let findings: [Finding]
    /// The claims that it could not try here.
    package let untestable: [Untestable]
    /// What was recorded, a recording for each variant.
    package let recordings: [Recording]
    /// Figures worth showing, in order, such as ("close() took", "201 ms").
    package let figures: [Figure]
    /// Figures for the decision table.
    package let measures: [Measure]
    /// Steps of the state diagram that were tried in vain, and what the kernel said.
    package let obstacles: [Transition: String]

    package struct Figure: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        _ id: String, _ findings: [Finding], untestable: [Untestable] = [], recordings: [Recording],
        figures: [Figure] = [], measures: [Measure] = [], obstacles: [Transition: String] = [:]
    ) {
        self.id = id
        self.findings = findings
        self.untestable = untestable
        self.recordings = recordings
        self.figures = figures
        self.measures = measures
        self.obstacles = obstacles
    }
}
