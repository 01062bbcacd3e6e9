// How a client closes in Node.js. Usage: node client.mjs STRATEGY HOST PORT
import { connect } from "node:net";

const [strategy, host, port] = process.argv.slice(2);
// allowHalfOpen: without it, Node.js answers the peer's FIN with its own at once, whatever is still to be sent.
// localPort: libuv sets SO_REUSEADDR before each bind(). Without it, connect() takes an ephemeral port.
const localPort = strategy === "explicit-port" ? 5000 : undefined;
const peer = connect({ host, port, localPort, family: 4, allowHalfOpen: true }, () => peer.write(`${strategy}\n`));
peer.once("data", () => {
  if (strategy === "reset") peer.resetAndDestroy();
  else if (strategy !== "passive") peer.end();
  // What comes is read, or "end" would never come.
  peer.resume();
});
// The peer's FIN.
peer.on("end", () => peer.end());
