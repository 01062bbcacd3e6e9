package import TCPSockets

/// All cells, except those that cannot differ from another.
package enum Matrix {
    /// What is left out, and why.
    package static let omissions = """
        SO_REUSEADDR is varied with an explicit port only: only bind() looks at it, and with an implicit port there is no \
        bind(). A padding frame is varied with --close unread only: every other strategy reads everything.
        """

    /// - Parameter families: IPv4, IPv6, or both.
    package static func cells(families: [IPAddress.Family] = [.v4, .v6]) -> [Cell] {
        families.flatMap { family in
            [true, false].flatMap { timestamps in
                [Cell.ServerClose.first, .last].flatMap { serverClose in
                    [0, 1].flatMap { padding in
                        cells(
                            Cell(family: family, serverClose: serverClose, padding: padding, timestamps: timestamps))
                    }
                }
            }
        }
    }

    /// The cells that share a template's surroundings: those that one pair of hosts with one server can run.
    private static func cells(_ template: Cell) -> [Cell] {
        let strategies = template.padding > 0 ? [.unread] : CloseStrategy.allCases
        let binds = Cell.ReuseAddress.allCases.map { (Cell.Bind.explicit, $0) } + [(.implicit, .none)]
        return binds.flatMap { bind, reuseAddress in
            strategies.map { strategy in
                var cell = template
                cell.bind = bind
                cell.reuseAddress = reuseAddress
                cell.close = strategy
                return cell
            }
        }
    }

    /// The cells by surroundings, each group for a pair of hosts of its own.
    package static func groups(_ cells: [Cell]) -> [[Cell]] {
        var groups: [[Cell]] = []
        for cell in cells {
            let index = groups.firstIndex { $0[0].surroundings == cell.surroundings }
            if let index { groups[index].append(cell) } else { groups.append([cell]) }
        }
        return groups
    }
}

extension Cell {
    /// What the hosts and the server must be like for this cell.
    package struct Surroundings: Hashable, Sendable {
        package let family: IPAddress.Family
        let timestamps: Bool
        let serverClose: ServerClose
        let padding: Int
    }

    package var surroundings: Surroundings {
        Surroundings(family: family, timestamps: timestamps, serverClose: serverClose, padding: padding)
    }
}
