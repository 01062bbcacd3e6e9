package import Console

extension ExitStatus {
    /// What a program ends with whose file of identities cannot be used.
    package init(_ error: IdentityFile.Unusable) {
        switch error.reason {
        case .call: self = .noInput
        case .readableByOthers, .notOwned: self = .notPermitted
        case .tooLarge, .line, .repeated, .count: self = .dataError
        }
    }
}
