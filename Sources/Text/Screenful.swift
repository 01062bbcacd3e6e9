/// A text drawn over what stands on a terminal, from its first place on: each line after the row was erased, and the rest of the
/// screen erased after the last (ECMA-48). Erased before, for behind the last column the cursor stands on what it has written.
///
/// What has no room is cut, and says so.
package func screenful(of text: String, columns: Int, rows: Int) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.count > max(2, rows) {
        let hidden = lines.count - max(2, rows) + 1
        lines =
            Array(lines.prefix(lines.count - hidden)) + [
                "… \(hidden) more lines: enlarge the window, or lower --top"
            ]
    }
    let drawn = lines.map { "\u{1B}[K" + cut($0, to: columns) }.joined(separator: "\r\n")
    // Unless the last line is in the last row, what is below it is the screen's rest.
    return "\u{1B}[H" + drawn + (lines.count < rows ? "\r\n\u{1B}[J" : "")
}
