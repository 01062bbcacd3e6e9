// What the connections of somebody's traffic come to, told. In reading order:
//
//   TrafficText      for a terminal: by service, by host, and what to do; TrafficWords are its sentences
//   TrafficLadder    one connection, segment by segment
//   TrafficPage      as one page with drawings
//   TrafficFolder    page and document in a folder
