import ArgumentParser
import ChatLoad

/// `--format`.
enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json

    func text(of result: LoadResult) throws -> String {
        switch self {
        case .table: result.table
        case .json: try result.json()
        }
    }
}
