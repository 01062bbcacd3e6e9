// Text that people and programs read, made without knowing what it is about. In reading order:
//
//   Numbers      figures grouped in thousands, counted things, seconds
//   Sentences    sentences joined
//   TextLayout   lines of a limited width
//   Columns      how wide text is on a terminal, and as much of it as fits
//   Screenful    lines drawn over those that stand on a terminal
//   Paint        colour, where it is allowed
//   VisibleText  text from others, unable to drive the terminal
//   NearNames    the names that somebody may have meant
//   Nullable     a value that JSON writes as null
