import ChatProtocol

extension Outcome {
    /// What the written specification's table of checks makes of a whole stream: slow, obvious, and without
    /// any state between reads.
    init(ofWhole bytes: [UInt8], from sender: Role, limit: Int) {
        self.init()
        var rest = bytes[...]
        while rest.count >= 4, error == nil {
            let length = rest.prefix(4).reduce(0) { $0 * 256 + Int($1) }
            let kind = rest.count > 4 ? rest[rest.startIndex + 4] : nil
            let nameLength = rest.count > 5 ? Int(rest[rest.startIndex + 5]) : nil
            error = Self.fault(length, kind, nameLength, sender, limit)
            guard error == nil, rest.count >= 4 + length, let kind else { break }
            let body = rest[(rest.startIndex + 5)..<(rest.startIndex + 4 + length)]
            guard let message = Self.message(kind, body) else {
                error = Kind(rawValue: kind).map { .notUTF8($0) }
                break
            }
            messages.append(message.spelled)
            rest = rest.dropFirst(4 + length)
        }
        isAtBoundary = rest.isEmpty || error != nil
    }

    private static func fault(
        _ length: Int, _ kind: UInt8?, _ nameLength: Int?, _ sender: Role, _ limit: Int
    ) -> ProtocolError? {
        if length == 0 { return .emptyFrame }
        if length > limit { return .frameTooLarge(length: length, limit: limit) }
        guard let number = kind else { return nil }
        guard let kind = Kind(rawValue: number) else { return .unknownKind(number) }
        let mayBeSent = sender == .client ? [1, 3, 7].contains(number) : [2, 4, 5, 6].contains(number)
        if !mayBeSent { return .wrongRole(kind) }
        if number == 3, length != 1 { return .malformedBody(kind) }
        if number == 4, length < 3 { return .malformedBody(kind) }
        if number == 6, length != 33 { return .malformedBody(kind) }
        if number == 7, !(35...98).contains(length) { return .malformedBody(kind) }
        if number == 7, let nameLength, length != 34 + nameLength { return .malformedBody(kind) }
        return nil
    }

    private static func message(_ kind: UInt8, _ body: ArraySlice<UInt8>) -> Message? {
        if kind == 7 {
            let name = String(validating: body.dropFirst().dropLast(32), as: UTF8.self)
            return name.flatMap { Proof(name: $0, code: body.suffix(32)) }.map { .proof($0) }
        }
        let text = String(validating: body.dropFirst(kind == 4 ? 2 : 0), as: UTF8.self)
        return switch kind {
        case 1: text.map { .question($0) }
        case 2: text.map { .answer($0) }
        case 3: .exit
        case 4: text.map { .error(ErrorCode(rawValue: body.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }), $0) }
        case 6: Challenge(body).map { .challenge($0) }
        default: .padding(body.count)
        }
    }
}
