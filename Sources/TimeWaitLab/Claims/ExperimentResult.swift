/// An experiment that was carried out.
public struct ExperimentResult: Sendable {
    public let id: String
    public let findings: [Finding]
    /// What was recorded, a recording for each variant.
    public let recordings: [Recording]
    /// Figures worth showing, in order, such as ("close() took", "201 ms").
    public let figures: [Figure]
    /// Figures for the decision table.
    public let measures: [Measure]
    /// Steps of the state diagram that were tried in vain, and what the kernel said.
    public let obstacles: [Transition: String]

    public struct Figure: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        _ id: String, _ findings: [Finding], recordings: [Recording], figures: [Figure] = [], measures: [Measure] = [],
        obstacles: [Transition: String] = [:]
    ) {
        self.id = id
        self.findings = findings
        self.recordings = recordings
        self.figures = figures
        self.measures = measures
        self.obstacles = obstacles
    }
}
