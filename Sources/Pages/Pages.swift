// HTML and SVG, and the folder of `--output`. In reading order:
//
//   Markup              text is escaped, markup is not; StyleSheet and Palette are how it looks
//   ReportFolder        report.json, report.md, report.html, and of each recording a capture and a drawing
//   RecordedFile        a recording and where its files lie; Drawings, those that were drawn for the folder
//   HTMLReport          the page; Headline is its first screen, Handout what a run of a few names is about
//   Glance              the matrix, with equal rows merged; RemediesSection, the remedies
//   Ledger              the claims
//   StatesSection       RFC 9293 figure 5
//   ExperimentsSection  the experiments with their drawings; CellsSection, the cells; CellTable, all of them, with a filter
//   SequenceDiagram     events in rows, from a Schedule; SequenceDrawing, the same with coordinates
//   StoryPage           stories of connections as a page; StoryDrawing, one as a file
