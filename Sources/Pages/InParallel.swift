import Glibc

/// What is made of some elements, in their order, by as many tasks as there are processors: a report has hundreds of drawings.
///
/// - Throws: What the first of them throws.
func inParallel<Element: Sendable, Made: Sendable>(
    _ elements: [Element], _ make: @escaping @Sendable (Element) throws -> Made
) async throws -> [Made] {
    let tasks = max(1, min(elements.count, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    var made = [Made?](repeating: nil, count: elements.count)
    try await withThrowingTaskGroup(of: [(Int, Made)].self) { group in
        for first in 0..<tasks {
            group.addTask {
                try stride(from: first, to: elements.count, by: tasks).map { ($0, try make(elements[$0])) }
            }
        }
        for try await part in group {
            for (index, one) in part { made[index] = one }
        }
    }
    return made.compactMap(\.self)
}
