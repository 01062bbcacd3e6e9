// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// For `make reproduce`, which starts these programs some thousand times: one with everything inside starts in little
// more than half the time. Linking is all that differs, so that the modules they share with chat-lab are compiled once.
let chatLinking: [LinkerSetting] =
    Context.environment["STATIC_CHAT"] == nil ? [] : [.unsafeFlags(["-static-executable"]), .linkedLibrary("tinfo")]

// A million segments go through these, also in a build that is not optimised: only there the compiler is told to.
// Whether two parts of a program touch one variable at once is found by the tests of the other targets, not per segment.
let optimised = strict + [.unsafeFlags(["-O", "-enforce-exclusivity=unchecked"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let collections = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "time-wait-chat",
    products: [
        .executable(name: "chat-server", targets: ["chat-server"]),
        .executable(name: "chat-client", targets: ["chat-client"]),
        .executable(name: "chat-lab", targets: ["chat-lab"]),
        .executable(name: "chat-load", targets: ["chat-load"]),
        .library(name: "TCPSockets", targets: ["TCPSockets"]),
        .library(name: "ChatProtocol", targets: ["ChatProtocol"]),
    ],
    traits: [
        .trait(name: "Readline", description: "Line editing by GNU Readline; without it, a plain line reader."),
        .trait(
            name: "Pcap", description: "Filters and interfaces of `chat-lab read` by libpcap; it reads files without."),
        .trait(name: "Sodium", description: "Proofs of identity by libsodium; without it, none are made or checked."),
        .default(enabledTraits: ["Readline", "Pcap", "Sodium"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        .target(name: "CLinux"),
        .target(name: "CStart"),
        .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),
        .systemLibrary(name: "CPcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .target(name: "Text", dependencies: ["CLinux"], swiftSettings: strict),
        .target(name: "TCPSockets", dependencies: ["CLinux", collections], swiftSettings: strict),
        .target(name: "ChatProtocol", swiftSettings: strict),
        .target(
            name: "Identities",
            dependencies: [
                "ChatProtocol", "Console", "TCPSockets", .target(name: "CSodium", condition: .when(traits: ["Sodium"])),
            ],
            swiftSettings: strict),
        .target(name: "Diagnoses", dependencies: ["TCPSockets", "Text"], swiftSettings: strict),
        .target(
            name: "Flags", dependencies: ["ChatProtocol", "TCPSockets", "Text", argumentParser], swiftSettings: strict),
        .target(
            name: "Console",
            dependencies: [
                "CStart", "TCPSockets", "Text", .target(name: "CReadline", condition: .when(traits: ["Readline"])),
            ],
            swiftSettings: strict),
        .target(
            name: "ChatServer",
            dependencies: ["ChatProtocol", "CLinux", "Console", "Identities", "TCPSockets", "Text", logging],
            swiftSettings: strict),
        .target(
            name: "ChatClient",
            dependencies: ["ChatProtocol", "Console", "Diagnoses", "Identities", "TCPSockets", "Text"],
            swiftSettings: strict),
        .executableTarget(
            name: "chat-server",
            dependencies: [
                "ChatServer", "Console", "Diagnoses", "Flags", "Identities", "TCPSockets", argumentParser, logging,
            ],
            swiftSettings: strict, linkerSettings: chatLinking),
        .executableTarget(
            name: "chat-client",
            dependencies: ["ChatClient", "Console", "Flags", "Identities", "TCPSockets", "Text", argumentParser],
            swiftSettings: strict, linkerSettings: chatLinking),
        .executableTarget(
            name: "article-client", dependencies: ["ChatProtocol", "TCPSockets"], path: "Examples/article-client",
            swiftSettings: strict),
        .executableTarget(
            name: "article-server", dependencies: ["ChatProtocol", "TCPSockets"], path: "Examples/article-server",
            swiftSettings: strict),
        .target(name: "Packets", dependencies: ["TCPSockets"], swiftSettings: optimised),
        .target(name: "Recordings", dependencies: ["ChatProtocol", "Packets", "TCPSockets"], swiftSettings: strict),
        .target(
            name: "Stories", dependencies: ["ChatProtocol", "Packets", "Recordings", "TCPSockets", "Text"],
            swiftSettings: optimised),
        .target(
            name: "Captures",
            dependencies: [
                "CLinux", "Packets", "Stories", "TCPSockets",
                .target(name: "CPcap", condition: .when(traits: ["Pcap"])),
            ],
            swiftSettings: optimised),
        .target(
            name: "Bench",
            dependencies: ["ChatProtocol", "CLinux", "Packets", "Recordings", "TCPSockets", "Text"],
            swiftSettings: strict),
        .target(name: "Claims", dependencies: ["Packets", "Recordings", "TCPSockets", "Text"], swiftSettings: strict),
        .target(
            name: "Scenes", dependencies: ["Bench", "Claims", "Packets", "Recordings", "Stories", "TCPSockets"],
            swiftSettings: strict),
        .target(
            name: "Experiments",
            dependencies: [
                "Bench", "ChatProtocol", "Claims", "CLinux", "Packets", "Recordings", "Scenes", "Stories", "TCPSockets",
                "Text",
            ],
            swiftSettings: strict),
        .target(
            name: "Runs",
            dependencies: ["Bench", "Claims", "Experiments", "Recordings", "Scenes", "Stories", "TCPSockets", "Text"],
            swiftSettings: strict),
        .target(
            name: "StopMotion",
            dependencies: [
                "Bench", "Experiments", "Packets", "Recordings", "Runs", "Scenes", "Stories", "TCPSockets", "Trials",
            ],
            swiftSettings: strict),
        .target(
            name: "Reports",
            dependencies: ["Claims", "Packets", "Recordings", "Stories", "TCPSockets", "Text"],
            swiftSettings: strict),
        .target(
            name: "Pages",
            dependencies: ["Claims", "Packets", "Recordings", "Reports", "TCPSockets", "Text"],
            swiftSettings: strict),
        .target(
            name: "Traffic", dependencies: ["Packets", "Pages", "Recordings", "Reports", "Stories", "Text"],
            swiftSettings: strict),
        .target(
            name: "Trials",
            dependencies: ["Bench", "Packets", "Pages", "Recordings", "Reports", "Stories", "TCPSockets", "Text"],
            swiftSettings: strict),
        .target(name: "Doctor", dependencies: ["Diagnoses", "TCPSockets", "Text"], swiftSettings: strict),
        .target(
            name: "Watch", dependencies: ["CLinux", "Doctor", "Recordings", "Stories", "TCPSockets", "Text"],
            swiftSettings: optimised),
        .executableTarget(
            name: "chat-lab",
            dependencies: [
                "Bench", "Captures", "Claims", "Console", "Doctor", "Experiments", "Flags", "Pages", "Recordings",
                "Reports", "Runs", "Scenes", "StopMotion", "Stories", "TCPSockets", "Text", "Traffic", "Trials",
                "Watch",
                argumentParser,
            ],
            swiftSettings: strict),
        .target(
            name: "ChatLoad", dependencies: ["ChatProtocol", "Diagnoses", "TCPSockets", "Text", histogram],
            swiftSettings: strict),
        .executableTarget(
            name: "chat-load",
            dependencies: ["ChatLoad", "ChatProtocol", "Console", "Flags", "TCPSockets", "Text", argumentParser],
            swiftSettings: strict),
        .testTarget(
            name: "TestSupport",
            dependencies: [
                "Bench", "ChatProtocol", "Claims", "Experiments", "Packets", "Recordings", "Reports", "Runs",
                "Scenes", "Stories", "TCPSockets",
            ],
            swiftSettings: strict),
        .testTarget(name: "TextTests", dependencies: ["Text"], swiftSettings: strict),
        .testTarget(
            name: "TCPSocketsTests", dependencies: ["CLinux", "TCPSockets", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "DiagnosesTests", dependencies: ["Diagnoses", "TCPSockets"], swiftSettings: strict),
        .testTarget(name: "FlagsTests", dependencies: ["Flags", "TCPSockets", argumentParser], swiftSettings: strict),
        .testTarget(name: "ChatProtocolTests", dependencies: ["ChatProtocol", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "IdentitiesTests", dependencies: ["ChatProtocol", "Identities", "TCPSockets"], swiftSettings: strict),
        .testTarget(name: "ConsoleTests", dependencies: ["Console", "TCPSockets"], swiftSettings: strict),
        .testTarget(
            name: "ChatServerTests", dependencies: ["ChatServer", "ChatProtocol", "Identities", "TCPSockets", logging],
            swiftSettings: strict),
        .testTarget(
            name: "ChatClientTests", dependencies: ["ChatClient", "ChatProtocol", "Console", "TCPSockets"],
            swiftSettings: strict),
        .testTarget(
            name: "ChatLoadTests", dependencies: ["ChatLoad", "ChatProtocol", "TCPSockets"], swiftSettings: strict),
        .testTarget(
            name: "CapturesTests",
            dependencies: ["Captures", "Packets", "Recordings", "Stories", "TCPSockets", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "PacketsTests", dependencies: ["Bench", "Packets", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ClaimsTests", dependencies: ["Claims", "Packets", "Recordings", "TCPSockets", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "StoriesTests",
            dependencies: ["ChatProtocol", "Packets", "Recordings", "Stories", "TCPSockets", "TestSupport", "Text"],
            swiftSettings: strict),
        .testTarget(
            name: "BenchTests",
            dependencies: ["Bench", "CLinux", "Packets", "Recordings", "TCPSockets", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ExperimentsTests",
            dependencies: [
                "Bench", "Claims", "Experiments", "Packets", "Recordings", "Runs", "Scenes", "StopMotion",
                "Stories", "TCPSockets", "TestSupport", "Text",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Bench", "Claims", "Experiments", "Packets", "Pages", "Recordings", "Reports", "Scenes", "TCPSockets",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TrialsTests",
            dependencies: ["Bench", "Packets", "Recordings", "Stories", "TCPSockets", "TestSupport", "Trials"],
            swiftSettings: strict),
        .testTarget(
            name: "DoctorTests",
            dependencies: [
                "Bench", "Claims", "Doctor", "Experiments", "Runs", "Scenes", "TCPSockets", "TestSupport", "Text",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WatchTests", dependencies: ["Doctor", "Recordings", "Stories", "TCPSockets", "Text", "Watch"],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "article-client", "article-server", "chat-server", "chat-client", "chat-lab", "chat-load",
                "Bench", "ChatProtocol", "Claims", "Packets", "Recordings", "TCPSockets", "TestSupport", "Text",
                subprocess, system,
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// `make docs` alone needs it, and nobody else waits for it.
if Context.environment["DOCUMENTATION"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"))
}

// `make reproduce` wants three programs. SwiftPM builds one product after the other, or all there are: so there are no
// others, every processor has work to the end, and what only the load and the tests need is not fetched.
if Context.environment["REPRODUCE"] == nil {
    package.dependencies += [
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ]
} else {
    let others: Set = ["ChatLoad", "chat-load", "article-client", "article-server"]
    package.products.removeAll { others.contains($0.name) }
    package.targets.removeAll { $0.type == .test || others.contains($0.name) }
}
