extension Int {
    /// Grouped in thousands; a true minus before negative ones.
    package var grouped: String {
        let digits = Array(String(magnitude))
        let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[Swift.max(0, $0 - 3)..<$0]) }
        return (self < 0 ? "−" : "") + groups.reversed().joined(separator: ",")
    }
}

extension Double {
    /// Rounded to a number of digits behind the point, for a reader; in thousands where they are grouped.
    package func fixed(_ digits: Int, isGrouped: Bool = true) -> String {
        func whole(_ number: Int) -> String { isGrouped ? number.grouped : "\(number)" }
        let factor = (0..<digits).reduce(1) { power, _ in power * 10 }
        let rounded = Int((magnitude * Double(factor)).rounded())
        let sign = self < 0 && rounded > 0 ? "−" : ""
        guard digits > 0 else { return sign + whole(rounded) }
        let fraction = String(rounded % factor)
        return "\(sign)\(whole(rounded / factor))."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// Rounded to a number of digits behind the point, for a document.
    package func rounded(toDigits digits: Int) -> Double {
        let factor = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        return (self * factor).rounded() / factor
    }
}

extension Duration {
    /// Seconds with one decimal, such as `59.9`.
    package var inTenths: String {
        let (seconds, attoseconds) = components
        let tenths = (max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000) + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// So many of a thing: `1 socket`, `2,000 sockets`.
package func counted(_ number: Int, _ noun: String) -> String {
    "\(number.grouped) \(noun)\(number == 1 ? "" : "s")"
}
