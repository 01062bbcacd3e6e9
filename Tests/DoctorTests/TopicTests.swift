import TCPSockets
import Testing

@testable import Bench
@testable import Claims
@testable import Doctor
@testable import Experiments
@testable import Recordings
@testable import Runs
@testable import Scenes
@testable import TestSupport

@Suite("Explanations")
struct TopicTests {
    @Test("There is one for each state, each strategy, and each error of connections, under one name each")
    func complete() {
        for state in TCPState.allCases { #expect(Topic.named("\(state)")?.kind == .state) }
        for strategy in CloseStrategy.allCases { #expect(Topic.named(strategy.rawValue)?.kind == .strategy) }
        let errors: [Errno] = [
            .addressInUse, .addressNotAvailable, .connectionReset, .brokenPipe, .connectionRefused, .timedOut,
            .notConnected, .alreadyConnected, .inProgress, .already, .tooManyOpenFiles, .wouldBlock, .interrupted,
            .invalidArgument, .notPermitted, .permissionDenied, .noBufferSpace, .familyNotSupported, .networkDown,
            .networkUnreachable, .hostUnreachable, .protocolError,
        ]
        for errno in errors { #expect(Topic.named(errno.name)?.kind == .error) }
        let options = [
            "SO_REUSEADDR", "SO_REUSEPORT", "SO_LINGER", "TCP_LINGER2", "IP_BIND_ADDRESS_NO_PORT",
            "IP_LOCAL_PORT_RANGE",
        ]
        for option in options { #expect(Topic.named(option)?.kind == .option) }
        for name in NetworkSettings.names + ["ip_autobind_reuse"] { #expect(Topic.named(name)?.kind == .setting) }
        #expect(Set(Topic.all.map(\.name)).count == Topic.all.count)
    }

    @Test("A setting's last part stands for it, and what is not known stays as it is; a number is taken for a port")
    func settingNames() {
        #expect(Topic.settingName("tcp_tw_reuse") == "net.ipv4.tcp_tw_reuse")
        #expect(Topic.settingName("somaxconn") == "net.core.somaxconn")
        #expect(Topic.settingName("net.ipv4.tcp_mem") == "net.ipv4.tcp_mem")
        #expect(Topic.complaint("7000").hasSuffix("chat-lab explain --port 7000"))
    }

    @Test(
        "Names come in many spellings",
        arguments: [
            ("eaddrinuse", "EADDRINUSE"), ("98", "EADDRINUSE"), ("Address already in use", "EADDRINUSE"),
            ("time_wait", "TIME-WAIT"), ("TimeWait", "TIME-WAIT"), ("fin wait 1", "FIN-WAIT-1"),
            ("FIN-WAIT1", "FIN-WAIT-1"),
            ("SYN_RECV", "SYN-RECEIVED"), ("estab", "ESTABLISHED"), ("Half-Close", "half-close"),
            ("dontlinger", "dont-linger"), ("so_linger", "SO_LINGER"), ("reuseaddr", "SO_REUSEADDR"),
            ("tcp_tw_reuse", "net.ipv4.tcp_tw_reuse"), ("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_fin_timeout"),
            ("/proc/sys/net/core/somaxconn", "net.core.somaxconn"),
            ("ip_local_port_range", "net.ipv4.ip_local_port_range"), ("IP_LOCAL_PORT_RANGE", "IP_LOCAL_PORT_RANGE"),
            ("ephemeral", "ephemeral-ports"),
        ])
    func spelling(_ text: String, _ name: String) throws {
        #expect(try #require(Topic.named(text)).name == name)
    }

    @Test(
        "Names that are nearly right are corrected; others get the list",
        arguments: [
            ("EADDRINUS", "did you mean EADDRINUSE"), ("time_wiat", "did you mean TIME-WAIT"),
            ("halfclos", "did you mean half-close"), ("tcp_tw_reus", "did you mean tcp_tw_reuse"),
            ("SO_REUSEADR", "did you mean SO_REUSEADDR"),
            ("xyzzy", "chat-lab explain lists the names"), ("", "the name is empty"),
        ])
    func complaint(_ text: String, _ words: String) {
        #expect(Topic.named(text) == nil)
        #expect(Topic.complaint(text).contains(words))
    }

    @Test("A3 needs --full, for a run without it waits for no TIME-WAIT")
    func full() throws {
        let topic = try #require(Topic.named("EADDRINUSE"))
        #expect(ExplainText(slowClaims: Matrix.slowClaims).text(topic).contains("chat-lab run A3 --full"))
    }

    @Test("Each fits a screen of 40 lines", arguments: Topic.all)
    func size(_ topic: Topic) {
        #expect(ExplainText().text(topic).split(separator: "\n", omittingEmptySubsequences: false).count <= 40)
    }

    @Test("A setting is shown with its value, or as one that this kernel has not")
    func settings() throws {
        let topic = try #require(Topic.named("ephemeral"))
        let writer = ExplainText(value: { $0 == "net.ipv4.ip_local_port_range" ? "40000 40009" : nil })
        let text = writer.text(topic)
        #expect(text.contains("On this machine now: net.ipv4.ip_local_port_range = 40000 40009\n"))
        #expect(text.contains("On this machine now: this kernel has no net.ipv4.ip_local_reserved_ports\n"))
        for topic in Topic.all { #expect((topic.kind == .setting || topic.kind == .ports) != topic.settings.isEmpty) }
    }

    @Test("All names can be listed, in lines as long as the window", arguments: [60, 100])
    func names(_ width: Int) {
        let lines = ExplainText(width: width).names.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= width })
        let names = Set(lines.joined(separator: " ").split { " ,".contains($0) }.map(String.init))
        for topic in Topic.all { #expect(names.contains(topic.name)) }
    }

    @Test("Whatever is said to show something can be run", arguments: Topic.all)
    func evidence(_ topic: Topic) throws {
        for name in topic.statements.flatMap(\.shownBy) {
            #expect(throws: Never.self, "\(topic.name): \(name)") { try Selection([name]) }
        }
    }

    @Test("A source is a manual page, a section of an RFC, a standard, or a file of the kernel", arguments: Topic.all)
    func sources(_ topic: Topic) throws {
        let manual = #"[a-z0-9_.-]+\([1-8]\)"#
        let standard = #"RFC \d+, \d[\d.]*( and \d[\d.]*)*|[a-z]+\(\) in POSIX"#
        let file = #"(include|net|Documentation)/[\w/.-]+(, [A-Za-z0-9_]+)?"#
        let one = "(\(manual)|\(standard)|\(file))"
        let several = try Regex("\(one)([,;] \(one))*")
        for text in topic.statements.compactMap(\.source) {
            #expect(text.wholeMatch(of: several) != nil, "\(topic.name): \(text)")
        }
    }

    @Test("What something means always rests on something", arguments: Topic.all)
    func meaning(_ topic: Topic) {
        #expect(!topic.meaning.isGeneralKnowledge)
    }

    @Test("Each statement has below it what shows it, or where it is written, or says that neither is known")
    func marks() {
        let topic = Topic(
            .error, "EXAMPLE", Statement("It means.", source: "bind(2)"),
            causes: [Statement("It arises.", "explicit-active", "time-wait-and-reset"), "It is said to arise."],
            remedies: [Statement("Do.", "A1", source: "tcp(7)"), "Wait."])
        #expect(
            ExplainText().text(topic) == """
                EXAMPLE (error)
                    It means.
                    [see bind(2)]

                Causes
                    - It arises.
                      [chat-lab run explicit-active time-wait-and-reset]
                    - It is said to arise. (*)

                What to do, the least harmful first
                    1. Do.
                       [chat-lab run A1; see tcp(7)]
                    2. Wait. (*)

                (*) Not shown by an experiment of this laboratory.
                """)
        let shown = Topic(.strategy, "shown", "", causes: [], remedies: [])
        #expect(ExplainText().text(shown).contains("What follows"))
    }

    @Test("The mark is explained where it is used, and only there", arguments: Topic.all)
    func legend(_ topic: Topic) {
        let marks = ExplainText().text(topic).ranges(of: "(*)").count
        let general = topic.statements.count(where: \.isGeneralKnowledge)
        #expect(marks == (general == 0 ? 0 : general + 1))
    }

    @Test("Each has a way to arise and something to do, in lines that are not too long", arguments: Topic.all)
    func text(_ topic: Topic) {
        #expect(!topic.causes.isEmpty && !topic.remedies.isEmpty)
        let text = ExplainText().text(topic)
        #expect(text.hasPrefix("\(topic.name) (\(topic.kind.rawValue))\n"))
        #expect(text.split(separator: "\n").filter { $0.count > 100 } == [])
        #expect(ExplainText(width: 60).text(topic).split(separator: "\n").filter { $0.count > 60 } == [])
        #expect(ExplainText(hasColour: true).text(topic).replacing(/\u{1B}\[\d*m/, with: "") == text)
    }
}

@Suite(
    "An error's experiment", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .timeLimit(.minutes(5)))
struct ShownErrorTests {
    @Test(
        "meets that error",
        arguments: [
            ("EPIPE", "reset-in-each-state"), ("EPIPE", "half-open"), ("ECONNREFUSED", "reset-in-each-state"),
        ])
    func figures(_ error: String, _ id: String) async throws {
        #expect(try #require(Topic.named(error)).statements.contains { $0.shownBy.contains(id) })
        let experiment = try #require(allExperiments.first { $0.id == id })
        let result = try await experiment.run(in: Laboratory(chat: try Chat(), semaphore: Semaphore(8)))
        #expect(result.figures.contains { $0.value.hasSuffix(" \(error)") }, "\(result.figures)")
    }
}
