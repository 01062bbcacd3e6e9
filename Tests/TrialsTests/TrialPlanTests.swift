import TCPSockets
import Testing

@testable import Trials

@Suite("The plan of a trial")
struct TrialPlanTests {
    @Test(
        "A command's places are filled, and what is the shell's is left alone",
        arguments: [
            ("curl http://{server}:{port}/", "curl http://192.0.2.2:80/"), ("{client}{client}", "192.0.2.1192.0.2.1"),
            ("echo ${port} {other} {} {port", "echo ${port} {other} {} {port"), ("{{port}}", "{80}"),
            ("awk '{print}'", "awk '{print}'"), ("", ""), ("größe {port} ←", "größe 80 ←"),
        ])
    func places(command: String, expected: String) {
        let values = TrialPlan(server: "", client: "").values(port: 80)
        #expect(TrialPlan.replaced(command, by: values) == expected)
    }

    @Test("The hosts know each other by name, before whatever this machine knows")
    func hosts() {
        let plan = TrialPlan(server: "", client: "", family: .v6)
        let lines = plan.hosts(machine: "127.0.1.1 me").split(separator: "\n")
        #expect(lines.first == "2001:db8::2 server" && lines.dropFirst().first == "2001:db8::1 client")
        #expect(lines.last == "127.0.1.1 me")
    }

    @Test(
        "Which listeners a SYN from the other host reaches",
        arguments: [
            ("0.0.0.0", false, IPAddress.Family.v4, true), ("0.0.0.0", false, .v6, false), ("::", false, .v4, true),
            ("::", true, .v4, false), ("::", true, .v6, true), ("127.0.0.1", false, .v4, false),
            ("192.0.2.2", false, .v4, true), ("192.0.2.9", false, .v4, false), ("2001:db8::2", false, .v6, true),
            ("2001:db8::2", false, .v4, false), ("::1", false, .v6, false),
        ])
    func reachable(address: String, only: Bool, family: IPAddress.Family, expected: Bool) throws {
        let local = Endpoint(try #require(IPAddress(address)), port: 80)
        let entry = SocketEntry(local: local, remote: local, state: .listen, isIPv6Only: only)
        let host = try #require(IPAddress(family == .v4 ? "192.0.2.2" : "2001:db8::2"))
        #expect(Listeners.isReachable(entry, over: family, at: host) == expected)
    }
}
