/// Why a capture cannot be read, or not to its end.
package struct CaptureError: Error, CustomStringConvertible {
    package enum Kind: Sendable {
        /// It cannot be opened, or there is no such interface.
        case missing
        case notPermitted
        /// It is no capture, or what it holds is damaged from here on.
        case damaged
        /// A filter that is none.
        case filter
        /// Built without libpcap.
        case withoutLibpcap
        /// A call failed.
        case system
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        (self.kind, self.description) = (kind, description)
    }
}
