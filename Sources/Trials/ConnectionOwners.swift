import Bench
import Packets
import Recordings
import TCPSockets

/// Notes which program opens a connection: while its SYN is on the wire, it has the socket, however short its life.
struct ConnectionOwners: Rule {
    /// By the number of the SYN.
    let owners = ConditionVariable<[Int: SocketOwner]>([:])
    /// By host.
    let commands: ConditionVariable<[Side: HostedCommand]>

    func consider(_ captured: CapturedSegment) -> Decision? {
        let flags = captured.segment.flags
        guard flags.contains(.syn), !flags.contains(.ack), let inode = captured.states[captured.from]?.inode
        else { return nil }
        let processes = commands.read { $0[captured.from] }?.processes ?? []
        // A command that connects at once does so before it is known here, and is looked for among all processes.
        let owner = SocketOwners(of: [inode], amongProcesses: processes)[inode] ?? SocketOwner.find(inode: inode)
        if let owner { owners.change { $0[captured.number] = owner } }
        return nil
    }
}
