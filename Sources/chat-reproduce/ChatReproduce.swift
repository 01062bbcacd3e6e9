import ArgumentParser
import TCPSockets

@main
struct ChatReproduce: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-reproduce",
        abstract: "Runs the article's experiment on loopback: converse, exit, reconnect at once.",
        discussion: """
            For every way to bind and every way to close, a chat-server is started, a chat-client converses with it and
            says exit, and the same client is run once more. Nothing in the table is known beforehand: who holds
            TIME-WAIT is read from the kernel's socket table, and which call failed from the client's trace.
            """)

    func run() async throws {
        let experiment = try Experiment()
        print(Table.heading)
        for bind in Experiment.Bind.allCases {
            for strategy in CloseStrategy.allCases {
                print(Table.row(try await experiment.run(bind, strategy)))
            }
        }
        print(Table.explanation)
    }
}
