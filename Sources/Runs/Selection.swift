import Claims
import Experiments
package import Recordings
package import Scenes
package import TCPSockets
import Text

/// The cells and experiments that a run is to carry out.
package struct Selection: Sendable {
    /// Why names on a command line select nothing.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    package private(set) var cells: [Cell] = []
    package private(set) var experiments: [any Experiment] = []

    /// - Parameters:
    ///   - names: Cells, experiments, claims, `matrix`, or patterns with `*`; none for everything.
    ///   - families: The families of the cells.
    ///   - experiments: All there are.
    /// - Throws: `Problem`, where a name is unknown or nothing is left.
    package init(
        _ names: [String] = [], families: [IPAddress.Family] = [.v4, .v6],
        from experiments: [any Experiment] = allExperiments
    ) throws(Problem) {
        let everyCell = Matrix.cells()
        var (cellIDs, experimentIDs): (Set<String>, Set<String>) = ([], [])
        for name in names.isEmpty ? ["*"] : names {
            let found = Self.meaning(of: name, everyCell, experiments)
            if found.cells.isEmpty, found.experiments.isEmpty {
                throw Problem(description: Self.complaint(name, everyCell, experiments, allowsMany: true))
            }
            cellIDs.formUnion(found.cells)
            experimentIDs.formUnion(found.experiments)
        }
        cells = everyCell.filter { cellIDs.contains($0.id) && families.contains($0.family) }
        self.experiments = experiments.filter { experimentIDs.contains($0.id) }
        if cells.isEmpty, self.experiments.isEmpty {
            throw Problem(description: "none of these exists in the family that --family names")
        }
    }

    private static func meaning(
        of name: String, _ cells: [Cell], _ experiments: [any Experiment]
    ) -> (cells: [String], experiments: [String]) {
        let ids = cells.map(\.id)
        if name == "matrix" { return (ids, []) }
        if let claim = Claim.named(name) {
            let bearing = experiments.filter { $0.claims.contains(claim.id) }.map(\.id)
            return (cells.filter { Matrix.bears($0, on: claim.id) }.map(\.id), bearing)
        }
        let pattern = Pattern(name)
        return (ids.filter(pattern.matches), experiments.map(\.id).filter(pattern.matches))
    }

    /// Why a name means nothing, and which it may have been meant to be.
    ///
    /// - Parameter allowsMany: Whether the command takes patterns, and `matrix` for all cells.
    package static func complaint(
        _ name: String, _ cells: [Cell] = Matrix.cells(), _ experiments: [any Experiment] = allExperiments,
        allowsMany: Bool = false
    ) -> String {
        if name.isEmpty { return "the name is empty; chat-lab list shows the names" }
        if let claim = Claim.named(name) { return "no cell and no experiment tests \(claim.id)" }
        if name.contains("*") {
            return allowsMany
                ? "no cell or experiment matches \(name)"
                : "\(name) is a pattern, and this needs one name; chat-lab list and chat-lab list --cells show them"
        }
        if name == "matrix", !allowsMany {
            return "matrix is all \(cells.count) cells, and this needs one name; chat-lab list --cells shows them"
        }
        let all = allowsMany ? ["matrix"] : []
        let known = experiments.map(\.id) + Claim.all.map(\.id) + all + cells.map(\.id)
        let hint = suggestion(for: name, among: known, otherwise: "chat-lab list shows the names")
        return "there is no cell, experiment or claim \(name); \(hint)"
    }
}
