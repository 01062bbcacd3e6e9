// What people have written, and what recordings say about it: from recordings to findings, from findings to verdicts. Pure
// functions, which know neither hosts nor experiments. In reading order:
//
//   Claim                  a sentence that a kernel can confirm or refute; all of them stand under Wording/
//   Answer                 the plain answer to one, and the findings that it was written for
//   ExperimentDescription  what there is to know of an experiment before it is run
//   ExperimentResult       what came of one: findings, figures, recordings; Measure is a figure for the decision table
//   Finding, Circumstances an observation for or against a claim, and whether it was made under ordinary circumstances
//   Verdict                what the findings of a claim come to together
//   Untestable             a claim about what this kernel does not have
//   MatrixClaims           the claims on which cells bear
//   MatrixCells            cells, chosen for what they say; CellReadings, what is read from one
//   MatrixFindings         the findings of all cells; ArticleFindings, FollowUpFindings, … those of one source of claims
//   FamilyFindings         whether experiments came out alike over IPv4 and IPv6
//   Transitions            the states of a connection in order, and its steps
//   TimeWaitPaths          on which paths hosts came into TIME-WAIT
//   Report                 everything that a run has found
//   StateDiagram           which steps of RFC 9293 figure 5 were seen
//   Remedy                 what to do
//   Contradictions         the cells that surprise who believed a claim
