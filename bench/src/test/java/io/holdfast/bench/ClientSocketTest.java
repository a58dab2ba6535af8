package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientSocketTest {
  private static final String UPGRADE = "HTTP/1.1 101 Switching Protocols\r\na: b\r\n\r\n";
  private static final String CONNECTED = "{\"action\":4,\"connectionId\":\"x\"}";

  private final List<String> frames = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();
  private final ClientSocket socket =
      new ClientSocket(
          "/?v=6",
          new ClientSocket.Reader() {
            @Override
            public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
              frames.add(buf.toString(start, end - start, StandardCharsets.UTF_8));
            }

            @Override
            public void closed(ClientSocket from, String why) {
              ends.add(why);
            }
          });
  private final EmbeddedChannel channel = new EmbeddedChannel(socket);

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static ByteBuf text(String body) {
    ByteBuf frame = Unpooled.buffer().writeByte(0x81);
    int length = body.length();
    if (length < 126) {
      frame.writeByte(length);
    } else if (length < 65_536) {
      frame.writeByte(126).writeShort(length);
    } else {
      frame.writeByte(127).writeLong(length);
    }
    return frame.writeBytes(bytes(body));
  }

  private void connect() {
    channel.releaseOutbound();
    var _ = channel.writeInbound(bytes(UPGRADE), text(CONNECTED));
  }

  private ByteBuf outbound() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.writeBytes(next);
      next.release();
    }
    return all;
  }

  @Test
  void isConnectedWhenTheServerHasGreeted() {
    boolean before = channel.writeInbound(bytes(UPGRADE));
    assertFalse(socket.connected().isDone());
    boolean after = channel.writeInbound(text(CONNECTED));
    assertTrue(socket.connected().isDone());
    assertFalse(before || after);
  }

  @Test
  void readsFramesOfEveryLengthHoweverTheyAreCut() {
    connect();
    List<String> sent = List.of("a", "b".repeat(300), "c".repeat(70_000), "");
    ByteBuf all = Unpooled.buffer();
    sent.forEach(body -> all.writeBytes(text(body)));
    while (all.isReadable()) {
      int cut = Math.min(all.readableBytes(), 1 + all.readableBytes() / 7);
      var _ = channel.writeInbound(all.readBytes(cut));
    }
    assertEquals(sent, frames);
  }

  @Test
  void writesMaskedFramesThatAServerReads() {
    connect();
    List<String> sent = List.of("short", "d".repeat(333), "e".repeat(70_001));
    sent.forEach(body -> socket.write(bytes(body)));
    socket.flush();
    var server =
        new EmbeddedChannel(
            new WebSocket13FrameDecoder(
                WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(1 << 20).build()));
    var _ = server.writeInbound(outbound());
    var received = new ArrayList<String>();
    for (TextWebSocketFrame next = server.readInbound();
        next != null;
        next = server.readInbound()) {
      received.add(next.text());
    }
    assertEquals(sent, received);
  }

  @Test
  void answersAPing() {
    connect();
    var _ = channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) 0x89, 1, 'x'}));
    assertEquals(0x8A, outbound().getUnsignedByte(0));
  }

  @Test
  void anErrorInsteadOfAGreetingIsTheReason() {
    boolean first = channel.writeInbound(bytes(UPGRADE));
    boolean second = channel.writeInbound(text("{\"action\":9,\"error\":{\"code\":40101}}"));
    channel.runPendingTasks();
    assertTrue(socket.connected().isCompletedExceptionally());
    assertTrue(ends.getFirst().contains("40101"));
    assertFalse(first || second);
  }

  @Test
  void aRefusedUpgradeIsTheReason() {
    var _ = channel.writeInbound(bytes("HTTP/1.1 503 Busy\r\n\r\n"));
    channel.runPendingTasks();
    assertTrue(ends.getFirst().contains("503 Busy"));
  }
}
