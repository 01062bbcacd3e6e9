import ArgumentParser
import Bench
import Console

/// Goes on only where hosts can be made: by starting this program once more in a user namespace if need be.
///
/// - Throws: `ExitCode`, after what is missing was said.
func requirePrivileges() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let command = (["chat-lab"] + arguments.map(quoted)).joined(separator: " ")
    let missing = await Requirements.missing(command: command)
    guard !missing.isEmpty else { return }
    await UserNamespace.enter(arguments: arguments)
    writeLine("chat-lab: cannot create hosts here:", to: 2)
    for missing in missing { writeLine("  \(missing)", to: 2) }
    throw ExitCode(ExitStatus.notPermitted.rawValue)
}

/// A word as a shell takes it for one word (sh(1), Single-Quotes in POSIX).
private func quoted(_ word: String) -> String {
    let isPlain =
        !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_=+./:,@%".contains($0)) }
    return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
}
