import CLinux

/// How many columns of a terminal a character takes: two for most of East Asia's and for pictures, one for others.
///
/// The corresponding C function is `wcwidth`, in a language setting that knows all characters.
package func columns(of character: Character) -> Int {
    if character.isASCII { return 1 }
    return character.unicodeScalars.reduce(0) { max($0, Int(clinux_columns($1.value))) }
}

/// The same of a text.
package func columns(of text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
}

/// As much of a line as fits, with "…" where something is cut; the sequences that colour it (ECMA-48, SGR) take no room.
package func cut(_ line: some StringProtocol, to width: Int) -> String {
    var (kept, room, isSequence) = ("", width, false)
    // Where the line would be cut, if more came than fits.
    var (end, isCut) = (kept, false)
    for character in line {
        if character == "\u{1B}" { isSequence = true }
        if isSequence {
            kept.append(character)
            if !isCut, room > 0 { end = kept }
            isSequence = character != "m"
            continue
        }
        room -= columns(of: character)
        if room < 0 { isCut = true }
        guard !isCut else { continue }
        kept.append(character)
        if room > 0 { end = kept }
    }
    return isCut ? end + "…" + (kept.contains("\u{1B}") ? "\u{1B}[m" : "") : kept
}
