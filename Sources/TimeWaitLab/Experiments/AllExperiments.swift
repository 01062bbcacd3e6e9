/// Every experiment besides the matrix, in the order of the claims.
public let allExperiments: [any Experiment] = []
