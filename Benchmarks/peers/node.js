// An echo server for the chat protocol over Node's net: node.js PORT
'use strict'
const net = require('net')
const QUESTION = 1, ANSWER = 2, LIMIT = 65536

const server = net.createServer({ noDelay: true }, socket => {
  let kept = null
  socket.on('error', () => {})
  socket.on('data', data => {
    if (kept) data = Buffer.concat([kept, data])
    let at = 0, over = false
    while (data.length - at >= 4) {
      const length = data.readUInt32BE(at)
      over = length === 0 || length > LIMIT
      if (over || data.length - at < 4 + length) break
      over = data[at + 4] !== QUESTION
      if (over) break
      data[at + 4] = ANSWER
      at += 4 + length
    }
    kept = at < data.length ? data.subarray(at) : null
    // Of a peer that reads no answers no more questions are taken.
    if (at > 0 && !socket.write(data.subarray(0, at))) socket.pause().once('drain', () => socket.resume())
    if (over) socket.end()
  })
})
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 }, () =>
  console.log(`listening on 127.0.0.1:${server.address().port}`))
