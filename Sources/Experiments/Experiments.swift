// Everything that is carried out on the bench. In reading order:
//
//   SimultaneousClose, …    one experiment a file; AllExperiments lists them
//   Matrix/                 one cell, and all of them side by side
//   Selection               what names on a command line stand for
//   LaboratoryRun           carries out what was selected
