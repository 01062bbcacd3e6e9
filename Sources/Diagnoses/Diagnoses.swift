// Why an address or a port could not be had, in words: the sentences of the values in TCPSockets/Diagnosis. A property `finding`
// is what was found, `remedy` what helps, `inWords` what something is. In reading order:
//
//   Explanation             an error as it is told to people
//   AddressDiagnosisText    a diagnosis: the call, what was found; AddressDiagnosisRemedy, what to do
//   AddressFaultText        why this host cannot have an address
//   ICMPErrorText           what ended a connect() that no segment did
//   PortShortageText        that all ephemeral ports are taken
//   PortHolderText          one socket that has a port; PortHolderGroup, several that are told together
//   SocketOwnerText         a process
//   SocketEntryText         a line of the kernel's list, with the time that it has left
