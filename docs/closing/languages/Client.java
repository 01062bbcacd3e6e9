import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** How a client closes in Java. Usage: java Client.java STRATEGY HOST PORT */
class Client {
    public static void main(String[] arguments) throws IOException {
        var strategy = arguments[0];
        try (var peer = new Socket()) {
            if (strategy.equals("explicit-port")) {
                // Before bind(); the socket before this one must have had it too.
                peer.setReuseAddress(true);
                peer.bind(new InetSocketAddress("0.0.0.0", 5000));
            }
            // Without bind(), connect() takes an ephemeral port.
            peer.connect(new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2])));
            peer.getOutputStream().write((strategy + "\n").getBytes(StandardCharsets.UTF_8));
            peer.getInputStream().read(new byte[64]);

            switch (strategy) {
                case "passive" -> drain(peer);
                case "reset" -> peer.setSoLinger(true, 0);
                default -> {
                    peer.shutdownOutput();
                    drain(peer);
                }
            }
        }
    }

    /** read() returns -1 at the end of the stream: the peer's FIN. */
    private static void drain(Socket peer) throws IOException {
        var buffer = new byte[4096];
        while (peer.getInputStream().read(buffer) >= 0) {}
    }
}
