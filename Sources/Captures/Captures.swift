// Other people's traffic: files and interfaces to packets. In reading order:
//
//   Capture           what a capture is read from, packet by packet
//   CaptureError      why it cannot be read, or not to its end
//   ByteInput         bytes of a file or a pipe, as they come
//   PcapFile          the format of tcpdump
//   PcapngFile        the format of Wireshark
//   GzipInput         either of them compressed
//   CaptureFilter     tcpdump's language, by libpcap
//   CaptureInterface  packets of this machine, by libpcap
