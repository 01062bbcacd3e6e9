/// An experiment: a claim in words, the knobs, a script, a judgement. One file each.
public protocol Experiment: Sendable {
    /// Its name on the command line and in the report.
    var id: String { get }
    /// The claims that it bears on.
    var claims: [String] { get }
    /// What is claimed, in a sentence or two.
    var claimed: String { get }
    /// What is done.
    var done: String { get }
    /// What to look for in the recording.
    var lookFor: String { get }

    /// Carries it out.
    ///
    /// - Throws: `LaboratoryError`, `NotSeen`, where it could not be carried out: that is no finding.
    func run(in laboratory: Laboratory) async throws -> ExperimentResult
}

/// What experiments need.
public struct Laboratory: Sendable {
    public let chat: Chat
    /// Leaves out the very thing that an experiment is about, such as the loss of a segment. Its judgement must then
    /// come out the other way, which proves that it can.
    public let breaksPremise: Bool

    /// How many scenes may be played at the same time.
    let places: Places

    public init(chat: Chat, breaksPremise: Bool = false, jobs: Int = 8) {
        self.init(chat: chat, breaksPremise: breaksPremise, places: Places(jobs))
    }

    init(chat: Chat, breaksPremise: Bool = false, places: Places) {
        self.chat = chat
        self.breaksPremise = breaksPremise
        self.places = places
    }
}

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

    public struct Figure: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        _ id: String, _ findings: [Finding], recordings: [Recording], figures: [Figure] = [], measures: [Measure] = []
    ) {
        self.id = id
        self.findings = findings
        self.recordings = recordings
        self.figures = figures
        self.measures = measures
    }
}

/// Segments, socket calls and states of one variant of an experiment, on one clock.
public struct Recording: Sendable {
    /// What tells it from the other variants, such as `timestamps-off`; unique in its experiment.
    public let name: String
    public let passages: [Passage]
    public let looks: [Look]
    public let clientCalls: [SocketCall]
    public let serverCalls: [SocketCall]

    public init(
        _ name: String, passages: [Passage], looks: [Look] = [], clientCalls: [SocketCall], serverCalls: [SocketCall]
    ) {
        self.name = name
        self.passages = passages
        self.looks = looks
        self.clientCalls = clientCalls
        self.serverCalls = serverCalls
    }
}

extension CellRecording {
    /// The first conversation, as any other recording.
    public var recording: Recording {
        Recording(cell.id, passages: passages, clientCalls: client.calls, serverCalls: serverCalls)
    }
}
