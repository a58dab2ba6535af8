package io.holdfast.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** An HTTP connection that asks for one page after the other; leaner than an HTTP client. */
final class PageSocket implements AutoCloseable {
  private static final int BUFFER = 1 << 18;
  private static final int MAX_HEAD = 1 << 14;
  private static final String LENGTH = "content-length:";

  private final Socket socket;
  private final DataInputStream input;
  private final byte[] buffer = new byte[BUFFER];
  private int read;
  private int taken;

  PageSocket(int port) throws IOException {
    socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    input = new DataInputStream(socket.getInputStream());
  }

  byte[] get(String path) throws IOException {
    String key = Base64.getEncoder().encodeToString(Load.KEY.getBytes(StandardCharsets.UTF_8));
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nX-Ably-Version: 6\r\n"
            + "Authorization: Basic "
            + key
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String head = head();
    byte[] body = new byte[length(head)];
    int buffered = Math.min(body.length, read - taken);
    System.arraycopy(buffer, taken, body, 0, buffered);
    taken += buffered;
    input.readFully(body, buffered, body.length - buffered);
    if (!head.startsWith("HTTP/1.1 200")) {
      throw new LoadFailure(
          head.lines().findFirst().orElse("") + ": " + new String(body, StandardCharsets.UTF_8));
    }
    return body;
  }

  private String head() throws IOException {
    var head = new StringBuilder();
    while (head.length() < MAX_HEAD) {
      if (taken == read) {
        taken = 0;
        read = Math.max(0, input.read(buffer));
        if (read == 0) {
          throw new IOException("the server closed the connection");
        }
      }
      head.append((char) buffer[taken++]);
      if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
        return head.toString();
      }
    }
    throw new IOException("the head of an answer is too long");
  }

  private static int length(String head) throws IOException {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(LENGTH))
        .mapToInt(line -> Integer.parseInt(line.substring(LENGTH.length()).strip()))
        .findFirst()
        .orElseThrow(() -> new IOException("an answer without its length"));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
