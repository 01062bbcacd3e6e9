import CStart

#if Readline
@preconcurrency import CReadline
#endif

/// What `--version` prints.
package enum Version {
    package static let number = "0.1.0"

    /// - Parameter program: The name of the program.
    package static func text(of program: String) -> String {
        #if Readline
        let licence = """
            With GNU Readline \(readlineVersion), this executable is distributed under GPL-3.0-or-later; \
            the project's own files are under Apache-2.0.
            """
        #else
        let licence = "Built without GNU Readline; Apache-2.0."
        #endif
        return "\(program) \(number) (Swift \(compiler))\n\(licence)"
    }

    private static var compiler: String {
        #if compiler(>=6.4)
        "6.4 or later"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }

    #if Readline
    private static var readlineVersion: String { String(cString: rl_library_version) }
    #endif
}
