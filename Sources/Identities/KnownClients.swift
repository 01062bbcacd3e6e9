package import ChatProtocol
import Synchronization

/// Whom a server knows, from any thread.
package final class KnownClients: Sendable {
    /// By the bytes of the name: == on strings takes `é` and `e` + U+0301 for one.
    private let keys: Mutex<[[UInt8]: IdentityKey]>
    /// Has the work done for a name that is unknown.
    private let decoy = IdentityKey.random()

    package init(_ identities: [Identity]) {
        keys = Mutex(Self.table(identities))
    }

    /// Knows these from now on, and no others.
    package func replace(by identities: [Identity]) {
        let table = Self.table(identities)
        keys.withLock { $0 = table }
    }

    private static func table(_ identities: [Identity]) -> [[UInt8]: IdentityKey] {
        Dictionary(uniqueKeysWithValues: identities.map { (Array($0.name.utf8), $0.key) })
    }

    /// Whether a proof answers a challenge. An unknown name and a wrong code take the same work: a code is made, and
    /// compared as a whole.
    package func accepts(_ proof: Proof, to challenge: Challenge) -> Bool {
        let name = Array(proof.name.utf8)
        let key = keys.withLock { $0[name] }
        let isCode = (key ?? decoy).isCode(proof.code, of: Proof.statement(of: proof.name, to: challenge))
        return isCode && key != nil
    }
}
