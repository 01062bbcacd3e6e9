// What a run carries out, and how. In reading order:
//
//   Selection        what names on a command line stand for
//   Matrix/          one cell, and all of them side by side
//   LaboratoryRun    carries out what was selected
