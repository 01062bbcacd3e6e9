/// One of the laboratory's two hosts, by the part it plays in the article. In a few experiments the host called
/// server makes a connection of its own; it keeps its name.
public enum Side: String, CaseIterable, Codable, Sendable, Hashable {
    case client, server

    public var other: Side { self == .client ? .server : .client }
}
