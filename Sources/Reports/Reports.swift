// Every form in which a report is told. It runs nothing, and knows no host. In reading order:
//
//   ShortReport           for a terminal, in at most 100 lines; RemediesText is its table of what to do
//   ClaimReport           for a terminal, a claim in at most 60 lines; Evidence and Ladder are its segments
//   TextReport            for a terminal, all of it; MatrixText and MatrixTable are its grid, Coverage what was left out
//   Markdown              for a page
//   TestProtocol          for test harnesses
//   ReportDocument        as JSON; Comparison and Repetition say what differs between two
//   Stories/              the stories of connections: a sentence, what it means, as JSON, as a page with drawings
//   SideBySide/           what differs between several of them
//   Description           what there is to know before a run
//   HTML/HTMLReport       as one page with drawings
//   Pcap                  segments for Wireshark
//   ReportFolder          all of it in a folder
