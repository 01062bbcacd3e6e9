import Recordings
package import Reports
import Stories
import TCPSockets

extension TrialResult {
    /// As JSON.
    ///
    /// - Parameter captures: The file of each connection's own capture; as many as there are files.
    package func connectionDocuments(captures: [String] = []) -> [StoryDocument.Connection] {
        connections.enumerated().map { index, connection in
            let opener = connection.owner.map { StoryDocument.Program(pid: $0.process, name: $0.name) }
            let listener = listener(of: connection)?.owner
            return StoryDocument.Connection(
                connection.story, opened: epoch + connection.story.opened,
                programs: .init(
                    client: opener, server: listener.map { StoryDocument.Program(pid: $0.process, name: $0.name) }),
                pcap: captures.indices.contains(index) ? captures[index] : nil)
        }
    }

    package var againDocument: StoryDocument.Again? {
        again.flatMap { again in
            again.command.status.map {
                StoryDocument.Again(exit: $0, worked: again.worked, bind: again.bind, connect: again.connect)
            }
        }
    }
}
