@testable import Claims

extension Finding {
    /// Whether its sentence names a section of an RFC, a manual page, or a file of the kernel that explains what was seen.
    var cites: Bool { because.cites }
}

extension String {
    var cites: Bool {
        contains(/RFC \d+ sections? \d|\b[a-z_]+\([1-8]\)|\b(net|include|Documentation)\/[\w\/.-]+\.(c|h|rst)\b/)
    }
}
