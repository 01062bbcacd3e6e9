// Every form in which a report is told. It runs nothing, and knows no host. In reading order:
//
//   ShortReport           for a terminal, in at most 100 lines; RemediesText is its table of what to do
//   ClaimReport           for a terminal, a claim in at most 60 lines; Evidence and Ladder are its segments
//   TextReport            for a terminal, all of it; MatrixText and MatrixTable are its grid, Coverage what was left out
//   Markdown              for a page
//   TestProtocol          for test harnesses
//   ReportDocument        as JSON; Comparison and Repetition say what differs between two
//   Stories/              the stories of connections: a sentence, what it means, as JSON
//   SideBySide/           what differs between several of them
//   Description           what there is to know before a run
//   Pcap                  segments for Wireshark; CaptureFile is where they lie, ReportFiles writes
