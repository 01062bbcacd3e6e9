import ArgumentParser

/// Two ports and a hyphen, such as `40000-40099`.
struct PortRange {
    let ports: ClosedRange<UInt16>

    init(_ text: String) throws {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.first == "+" ? nil : UInt16($0) }
        guard numbers.count == 2, let low = numbers[0], let high = numbers[1], 0 < low, low <= high else {
            throw ValidationError("it is two ports from 1 to 65535, the lower first, such as 40000-40099")
        }
        ports = low...high
    }
}
