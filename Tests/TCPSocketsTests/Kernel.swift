import Glibc

/// The kernel that the tests run on.
enum Kernel {
    /// Whether a feature that came with this version is there.
    static func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (major, minor)
    }

    /// The number in a file of /proc/sys.
    static func setting(_ name: String) -> Int? {
        guard let file = fopen("/proc/sys/" + name, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, CInt(line.count), file) != nil else { return nil }
        return Int(atol(line))
    }
}
