extension String {
    /// As text, or as a quoted attribute, of HTML and SVG: unable to end either, or to begin markup.
    var escapedForMarkup: String {
        unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }

    /// As part of an identifier, and of a link to it.
    var asAnchor: String {
        String(
            map { character in
                character.isASCII && (character.isLetter || character.isNumber || character == "-") ? character : "-"
            })
    }
}
