public import ArgumentParser
import ChatServer
public import Logging

typealias Answering = ServerConfiguration.Answering

extension ServerConfiguration.Answering: ExpressibleByArgument {
    public init?(argument: String) {
        switch argument {
        case "operator": self = .operatorAtKeyboard
        case "echo": self = .echo
        case _ where argument.hasPrefix("exec:") && argument.count > 5:
            self = .coProcess(command: String(argument.dropFirst(5)))
        default: return nil
        }
    }

    public var defaultValueDescription: String {
        switch self {
        case .operatorAtKeyboard: "operator"
        case .echo: "echo"
        case .coProcess(let command): "exec:\(command)"
        }
    }
}

extension AllowRule: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
