import Foundation
import Testing

/// A target as `Package.swift` has it; of its dependencies those that are targets too.
private struct Target {
    let name: String
    let kind: Substring
    var imports: Set<String>
}

@Suite("The map of the code")
struct MapTests {
    private static let root = #filePath.components(separatedBy: "/Tests/")[0]
    private let targets: [Target]
    private let map: String

    init() throws {
        map = try String(contentsOfFile: "\(Self.root)/docs/map.md", encoding: .utf8)
        let manifest = try String(contentsOfFile: "\(Self.root)/Package.swift", encoding: .utf8)
        // One chunk for each target, which the formatter keeps at this depth.
        let starts = manifest.matches(
            of: /(?m)^ {8}\.(target|executableTarget|systemLibrary|testTarget)\(\s*name: "([^"]+)"/)
        let ends = starts.dropFirst().map(\.range.lowerBound) + [manifest.endIndex]
        let names = Set(starts.map { String($0.output.2) })
        targets = zip(starts, ends).map { start, end in
            let quoted = manifest[start.range.upperBound..<end].matches(of: /"([^"]+)"/).map { String($0.output.1) }
            return Target(
                name: String(start.output.2), kind: start.output.1, imports: names.intersection(quoted))
        }.filter { $0.kind != "testTarget" }
    }

    private func imports(_ name: String) -> Set<String> { targets.first { $0.name == name }?.imports ?? [] }

    /// Every target that one rests upon.
    private func foundations(_ name: String) -> Set<String> {
        imports(name).reduce(imports(name)) { $0.union(foundations($1)) }
    }

    private func sources(_ target: String) throws -> [String] {
        let folder = "\(Self.root)/\(target.hasPrefix("article-") ? "Examples" : "Sources")/\(target)"
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    }

    @Test("draws every target once, above all that it imports")
    func drawing() throws {
        let drawing = try #require(map.firstMatch(of: /```\n([^`]+)```/)).output.1
        var lines: [String: Int] = [:]
        for (number, line) in drawing.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            for word in line.split(separator: " ") where targets.contains(where: { $0.name == word }) {
                #expect(lines.updateValue(number, forKey: String(word)) == nil, "\(word) is drawn twice")
            }
        }
        #expect(targets.map(\.name).filter { lines[$0] == nil } == [])
        for target in targets {
            for below in target.imports {
                #expect(lines[target.name, default: 0] < lines[below, default: 0], "\(target.name) imports \(below)")
            }
        }
    }

    @Test("says of every Swift target what it imports")
    func table() throws {
        var listed: [String: Set<String>] = [:]
        for row in map.matches(of: /(?m)^\| ([\w-]+) \| [^|]*\| ([^|]+) \|$/) where row.output.1 != "target" {
            listed[String(row.output.1)] = Set(row.output.2.split(separator: ", ").map(String.init)).subtracting(["-"])
        }
        #expect(targets.count > 15)
        for target in targets where !["CLinux", "CPcap", "CReadline", "CSodium", "CStart"].contains(target.name) {
            #expect(listed[target.name] == target.imports, "\(target.name)")
        }
    }

    @Test("names files that are there")
    func files() {
        let paths = map.matches(of: /`((Sources|Examples|Tests|docs|debian)\/[^` ]*)`/).map { String($0.output.1) }
        #expect(paths.count > 10)
        #expect(paths.filter { !FileManager.default.fileExists(atPath: "\(Self.root)/\($0)") } == [])
    }

    @Test("Every file imports only what its target names, and something imports all of that")
    func manifest() throws {
        let names = Set(targets.map(\.name))
        for target in targets where !["CLinux", "CPcap", "CReadline", "CSodium", "CStart"].contains(target.name) {
            let imported = try sources(target.name).flatMap { source in
                source.matches(
                    of: /(?m)^(?:@\w+ |internal |package |public )*import (?:(?:struct|enum|class|func) )?(\w+)/
                ).map { String($0.output.1) }
            }
            #expect(names.intersection(imported) == target.imports, "\(target.name)")
        }
    }

    @Test("Verdicts and reports rest on recordings alone, and the doctor on no laboratory")
    func laws() {
        for name in ["Recordings", "Stories", "Claims", "Reports", "Pages"] {
            #expect(foundations(name).isDisjoint(with: ["Bench", "Experiments", "Console"]), "\(name)")
        }
        #expect(foundations("Doctor") == ["CLinux", "Diagnoses", "TCPSockets", "Text"])
        #expect(foundations("ChatProtocol") == [])
        #expect(foundations("TCPSockets") == ["CLinux"])
        #expect(foundations("Bench").isDisjoint(with: ["ChatServer", "ChatClient", "Claims", "Stories"]))
    }

    @Test("No target is larger than one can know")
    func sizes() throws {
        for target in targets {
            let lines = try sources(target.name).reduce(0) {
                $0 + $1.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            }
            #expect(lines <= 4500, "\(target.name)")
        }
    }
}
