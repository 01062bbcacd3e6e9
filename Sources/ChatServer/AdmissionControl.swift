import ChatProtocol
import Synchronization
import TCPSockets

/// Who is let in, and how many of them: for all event loops together.
///
/// Those who are not let in are told so, and for that they have a few slots of their own: they never take one from those
/// who are.
final class AdmissionControl: Sendable {
    private let configuration: ServerConfiguration
    private let budget: DescriptorBudget
    private let clients = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let perAddress: Mutex<[IPAddress: Int]>?

    init(_ configuration: ServerConfiguration, _ budget: DescriptorBudget) {
        self.configuration = configuration
        self.budget = budget
        perAddress = configuration.maximumPerAddress == nil ? nil : Mutex([:])
    }

    /// Why a client is turned away, or nil when it was let in and counted, until `left`.
    func admit(_ client: Endpoint) -> Refusal? {
        if !configuration.allowed.isEmpty, !configuration.allowed.contains(where: { $0.matches(client) }) {
            return Refusal(code: .notAllowed, reason: "\(client.unmapped) may not talk to this server")
        }
        let count = clients.add(1, ordering: .relaxed).newValue
        if let maximum = configuration.maximumClients, count > maximum {
            clients.subtract(1, ordering: .relaxed)
            return Refusal(code: .busy, reason: "\(Self.clients(maximum)) being served")
        }
        if count > budget.clients {
            clients.subtract(1, ordering: .relaxed)
            return .noDescriptor
        }
        if let maximum = configuration.maximumPerAddress, !takesSlot(client.address.site, of: maximum) {
            clients.subtract(1, ordering: .relaxed)
            return Refusal(code: .busy, reason: "\(Self.clients(maximum)) being served from your address")
        }
        return nil
    }

    private static func clients(_ count: Int) -> String { "\(count) client\(count == 1 ? " is" : "s are")" }

    private func takesSlot(_ address: IPAddress, of maximum: Int) -> Bool {
        perAddress?.withLock { counts in
            guard counts[address, default: 0] < maximum else { return false }
            counts[address, default: 0] += 1
            return true
        } ?? true
    }

    /// Whether one more client that was turned away may stay until it has read why; if so it is counted, until `left`.
    func keepOneMoreRefused() -> Bool {
        if refused.add(1, ordering: .relaxed).newValue <= budget.refused { return true }
        refused.subtract(1, ordering: .relaxed)
        return false
    }

    func left(_ client: Endpoint, wasServed: Bool) {
        guard wasServed else {
            refused.subtract(1, ordering: .relaxed)
            return
        }
        clients.subtract(1, ordering: .relaxed)
        perAddress?.withLock { counts in
            let address = client.address.site
            counts[address] = counts[address].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
    }
}

extension IPAddress {
    /// What one client has at least: an IPv4 address, or the 64 bits of an IPv6 network, in which a host may take as many
    /// addresses as it likes (RFC 4291 section 2.5.4, RFC 8981).
    var site: IPAddress {
        let address = unmapped
        return address.family == .v4 ? address : IPAddress(family: .v6, bits: (address.bits >> 64) << 64)
    }
}
