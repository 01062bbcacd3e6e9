/// What the cells of the matrix say about the claims.
func matrixFindings(_ results: [CellResult]) -> [Finding] {
    []
}
