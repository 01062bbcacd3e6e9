import Testing

@testable import ChatServer

@Suite("The work of a turn", .timeLimit(.minutes(5)))
struct WorkBudgetTests {
    private func answers(_ spend: (inout WorkBudget) -> Void) -> Int {
        var budget = WorkBudget()
        budget.renew()
        var count = 0
        while !budget.isSpent {
            spend(&budget)
            count += 1
        }
        return count
    }

    @Test("is nothing before the first turn")
    func before() {
        #expect(WorkBudget().isSpent)
    }

    @Test("is counted by what an answer costs")
    func costs() {
        #expect(answers { $0.spendOnCopy() } == 4096)
        #expect(answers { $0.spendOnText(length: 0) } == 64)
        #expect(answers { $0.spendOnText(length: 65_535) } == 13)
        #expect(answers { $0.spendOnPadding(length: 16_384) } == 13)
    }

    @Test("begins anew with each turn")
    func renewed() {
        var budget = WorkBudget()
        budget.renew()
        budget.spendOnText(length: 10_000_000)
        #expect(budget.isSpent)
        budget.renew()
        #expect(!budget.isSpent)
    }
}
