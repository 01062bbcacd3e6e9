import TimeWaitLab

@main
struct ChatLab {
    static func main() async throws {
        let names = CommandLine.arguments.dropFirst().filter { $0 != "--break" }
        let lab = Laboratory(chat: try Chat(), breaksPremise: CommandLine.arguments.contains("--break"))
        for e in allExperiments where names.isEmpty || names.contains(e.id) {
            let start = ContinuousClock.now
            do {
                let r = try await e.run(in: lab)
                print("==", e.id, ContinuousClock.now - start)
                for f in r.findings { print(f.claim, f.holds, "|", f.condition ?? "-", "|", f.because) }
                for f in r.figures { print("   ", f.name, f.value) }
            } catch { print("==", e.id, "FAILED", error, ContinuousClock.now - start) }
        }
    }
}
