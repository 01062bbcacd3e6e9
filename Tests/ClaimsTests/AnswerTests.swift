import Testing

@testable import Claims
@testable import Recordings

@Suite("An answer", .timeLimit(.minutes(5)))
struct AnswerTests {
    private func finding(_ holds: Bool, _ circumstances: Circumstances = .ordinary) -> Finding {
        Finding("A1", holds: holds, under: circumstances, because: "So.", evidence: [])
    }

    @Test("is there for every claim: one short sentence, which begins as it is meant", arguments: Claim.all)
    func sentences(_ claim: Claim) {
        let text = claim.answer.text
        #expect(text.count <= 90)
        #expect(text.hasSuffix(".") && !text.dropLast().contains(". "))
        // A22 is answered by neither: nothing that could be found here decides it.
        guard claim.id != "A22" else { return }
        if claim.answer.fit([finding(true)]) == .fits { #expect(text.hasPrefix("Yes")) }
        if claim.answer.fit([finding(false)]) == .fits { #expect(text.hasPrefix("No")) }
    }

    @Test("The claims are 89 sentences that make sense alone, each with its own identifier")
    func claims() {
        #expect(Claim.all.count == 89)
        #expect(Set(Claim.all.map(\.id)).count == 89)
        for claim in Claim.all {
            #expect(claim.text.hasSuffix("."), "\(claim.id)")
            // Another claim's identifier would send the reader away.
            #expect(claim.text.firstMatch(of: /\b[A-F][0-9]{1,2}\b/) == nil, "\(claim.id)")
        }
    }

    @Test("fits what it was written for, and circumstances that were left out do not count")
    func fits() {
        let answer = Answer.yes("Yes.", except: ["at night"])
        #expect(answer.fit([finding(true)]) == .fits)
        #expect(answer.fit([finding(true), finding(false, .others("at night"))]) == .fits)
        #expect(answer.fit([finding(true), finding(true, .others("by day"))]) == .fits)
        #expect(
            Answer.no("No.", except: ["at night"]).fit([finding(false), finding(true, .others("at night"))]) == .fits)
    }

    @Test("does not fit another outcome, an exception that it does not know, and one that did not occur")
    func contradicted() {
        let answer = Answer.yes("Yes.", except: ["at night"])
        #expect(answer.fit([finding(false)]) == .contradicted)
        #expect(answer.fit([finding(true), finding(false, .others("by day"))]) == .contradicted)
        #expect(answer.fit([finding(true), finding(true, .others("at night"))]) == .contradicted)
    }

    @Test("says too much where ordinary circumstances that it speaks of were not looked at")
    func tooWide() {
        let depends = Answer.depends("Both.", holds: ["by day"], fails: ["at night"], holdsElsewhere: ["at sea"])
        let (day, night) = (finding(true, .ordinary("by day")), finding(false, .ordinary("at night")))
        #expect(depends.fit([day, night]) == .fits)
        #expect(depends.fit([day, night, finding(true, .others("at sea"))]) == .fits)
        #expect(depends.fit([day]) == .tooWide)
        #expect(depends.fit([day, night, finding(true, .ordinary("at dawn"))]) == .contradicted)
        #expect(Answer.yes("Yes.").fit([finding(true, .others("at night"))]) == .tooWide)
    }

    @Test("is in the verdict only where it fits; elsewhere a sentence says why not")
    func verdicts() throws {
        let claim = try #require(Claim.named("A1"))
        let fitting = try #require(Verdict(claim, findings: [finding(true)]))
        #expect(fitting.answer == claim.answer.text && fitting.answerIsMissing == nil)
        let other = try #require(Verdict(claim, findings: [finding(false)]))
        #expect(other.answer == nil)
        #expect(other.answerIsMissing == "The answer on file does not match this run.")
        let narrow = try #require(Verdict(claim, findings: [finding(true, .others("at night"))]))
        #expect(narrow.answerIsMissing == "The answer on file covers more than this run has tested.")
    }
}
