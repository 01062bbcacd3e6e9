import StopMotion

/// What a key, or a line, asks for.
enum StepKey: Hashable {
    case command(StopMotion.Command)
    case help, quit

    /// Whether it is about the next segment, and has to wait for one.
    var needsSegment: Bool {
        switch self {
        case .command(.deliver), .command(.drop), .command(.duplicate), .command(.hold), .command(.reset): true
        default: false
        }
    }

    /// - Returns: nil for a key that means nothing.
    init?(_ key: Character) {
        switch key {
        case "\n", "\r", "\r\n", " ": self = .command(.deliver)
        case "d": self = .command(.drop)
        case "2": self = .command(.duplicate)
        case "h": self = .command(.hold)
        case "r": self = .command(.reset)
        // Ctrl-D ends the input, as it does in a pipe.
        case "b", "\u{4}": self = .command(.open)
        case "A"..."Z": self = .command(.takeBack(key))
        case "?": self = .help
        case "q": self = .quit
        default: return nil
        }
    }

    /// The keys of one read() from a terminal; of what a function key sends nothing is taken.
    static func keys(_ bytes: [UInt8]) -> [Character] {
        let text = String(decoding: bytes, as: UTF8.self)
        return Array(text.prefix { $0 != "\u{1B}" })
    }

    static let helpLines = [
        "Enter  deliver the next segment          d    drop it",
        "2      deliver it twice                  h    hold it for later, under a letter",
        "A-Z    make a held segment the next      r    a RST in the name of its sender",
        "b      let everything cross, to the end  q    quit",
    ]
}
