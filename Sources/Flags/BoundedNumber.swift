package import ArgumentParser

/// A number on the command line that has to lie within bounds.
///
/// What is no number at all is refused as it is read. What is out of bounds is refused by `check`, whose message can say what
/// the bounds are.
package protocol BoundedNumber: ExpressibleByArgument, Hashable, Sendable {
    associatedtype Number: Numeric & Comparable & LosslessStringConvertible

    static var bounds: ClosedRange<Int> { get }

    /// As it was typed: it may be out of bounds before `check`.
    var number: Number { get }

    init(_ number: Number)
}

extension BoundedNumber {
    package init?(argument: String) {
        guard let number = Number(argument) else { return nil }
        self.init(number)
    }

    /// In `--help`, as a plain number would be shown.
    package var defaultValueDescription: String { "\(number)" }

    /// Whether it is neither too small nor too large, and no NaN.
    package var isWithinBounds: Bool {
        guard let low = Number(exactly: Self.bounds.lowerBound), let high = Number(exactly: Self.bounds.upperBound)
        else { return false }
        return (low...high).contains(number)
    }

    /// - Parameter flag: Its name, such as `--port`.
    /// - Throws: `ValidationError`, where it is out of bounds.
    package func check(_ flag: String) throws {
        try require(
            isWithinBounds, "\(flag) must be from \(Self.bounds.lowerBound) to \(Self.bounds.upperBound)")
    }
}
