/// Under which circumstances something was seen, and whether these are the ordinary ones.
///
/// Ordinary is what a sentence itself fixes; otherwise the kernel's default settings, the write-up's own program run each time
/// with equal options (old and new socket alike), an ending by FIN unless the sentence speaks of RST, and both kinds of peer:
/// one that is silent and one that talks.
package struct Circumstances: Sendable, Hashable {
    package let areOrdinary: Bool
    /// In words that go on from "holds" and "does not hold", such as "with TCP timestamps"; nil where nothing was varied that
    /// mattered.
    package let words: String?

    /// Nothing was varied that matters.
    package static let ordinary = Circumstances(areOrdinary: true, words: nil)

    /// Ordinary ones, of which there are several.
    package static func ordinary(_ words: String) -> Circumstances { Circumstances(areOrdinary: true, words: words) }

    /// Others: what comes out otherwise under these is an exception and does not decide.
    package static func others(_ words: String) -> Circumstances { Circumstances(areOrdinary: false, words: words) }
}
