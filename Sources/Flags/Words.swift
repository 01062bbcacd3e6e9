public import ArgumentParser
public import TCPSockets
import Text

extension Trace.Format: ExpressibleByArgument {}

extension IPAddress: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

/// What one of some words stands for: the `transform` of a flag that takes them.
///
/// - Throws: `ValidationError`, which names the nearest of them, or all.
package func word<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> Value
where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    let all = words(Value.self)
    throw ValidationError(suggestion(for: text, among: all, otherwise: "it is \(orList(all))"))
}

/// The words themselves, for help and completions.
package func words<Value: RawRepresentable & CaseIterable>(_: Value.Type) -> [String] where Value.RawValue == String {
    Value.allCases.map(\.rawValue)
}
