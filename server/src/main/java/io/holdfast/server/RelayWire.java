package io.holdfast.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What nodes tell each other about requests that one has the socket of and another the transport.
 * Nodes of two releases may speak it for a while, so fields are only added, at the end.
 */
final class RelayWire {
  private static final int PART = 1;
  private static final int HUNG_UP = 2;
  private static final int LEAVING = 3;
  private static final int STILL = 4;

  private RelayWire() {}

  /** From the node that has the socket. */
  sealed interface Told {
    /** A part of the request; its bytes follow those of the part before. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Part(long id, int number, boolean last, byte[] bytes) implements Told {}

    record HungUp(long id) implements Told {}

    record Leaving(long id) implements Told {}

    /** Asks which of some it knows nothing of. */
    record Still(List<Long> ids) implements Told {}
  }

  /** What came of what was told. */
  enum Verdict {
    /** Nothing is known of the request, or not what came before. */
    UNKNOWN,
    TAKEN,
    /** Taken, and still on its way to the client; to be asked again. */
    WRITING,
    /** Refused for now: too much is under way. */
    FULL;

    byte[] bytes() {
      return new byte[] {(byte) ordinal()};
    }

    static Verdict of(byte @Nullable [] bytes) {
      return bytes == null || bytes.length == 0 || bytes[0] < 0 || bytes[0] >= values().length
          ? UNKNOWN
          : values()[bytes[0]];
    }
  }

  /**
   * A piece of the answer.
   *
   * @param type begins an answer that comes bit by bit; empty where it has begun, or is whole
   * @param whole whether it is of an answer that is given as a whole, as {@link #response} writes
   *     it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Piece(long id, int number, String type, boolean whole, boolean last, byte[] bytes) {}

  static byte[] bytes(Told told) {
    return written(
        out -> {
          switch (told) {
            case Told.Part part -> {
              out.writeByte(PART);
              out.writeLong(part.id);
              out.writeInt(part.number);
              out.writeBoolean(part.last);
              write(out, part.bytes);
            }
            case Told.HungUp(long id) -> {
              out.writeByte(HUNG_UP);
              out.writeLong(id);
            }
            case Told.Leaving(long id) -> {
              out.writeByte(LEAVING);
              out.writeLong(id);
            }
            case Told.Still(List<Long> ids) -> {
              out.writeByte(STILL);
              out.write(RelayWire.ids(ids));
            }
          }
        });
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException for what it is not
   */
  static Told told(byte[] bytes) {
    return read(
        bytes,
        in -> {
          int kind = in.readByte();
          return switch (kind) {
            case PART ->
                new Told.Part(in.readLong(), in.readInt(), in.readBoolean(), readBytes(in));
            case HUNG_UP -> new Told.HungUp(in.readLong());
            case LEAVING -> new Told.Leaving(in.readLong());
            case STILL -> new Told.Still(ids(in.readAllBytes()));
            default -> throw new IOException("what is told is of kind " + kind);
          };
        });
  }

  static byte[] ids(List<Long> ids) {
    return written(
        out -> {
          out.writeInt(ids.size());
          for (long id : ids) {
            out.writeLong(id);
          }
        });
  }

  static List<Long> ids(byte[] bytes) {
    return read(
        bytes,
        in -> {
          List<Long> ids = new ArrayList<>();
          for (int left = in.readInt(); left > 0; left--) {
            ids.add(in.readLong());
          }
          return ids;
        });
  }

  static byte[] bytes(Piece piece) {
    return written(
        out -> {
          out.writeLong(piece.id);
          out.writeInt(piece.number);
          out.writeUTF(piece.type);
          out.writeBoolean(piece.whole);
          out.writeBoolean(piece.last);
          write(out, piece.bytes);
        });
  }

  static Piece piece(byte[] bytes) {
    return read(
        bytes,
        in ->
            new Piece(
                in.readLong(),
                in.readInt(),
                in.readUTF(),
                in.readBoolean(),
                in.readBoolean(),
                readBytes(in)));
  }

  static byte[] bytes(Request request) {
    return written(
        out -> {
          out.writeUTF(request.method());
          write(out, request.target().segments());
          List<String> params = new ArrayList<>();
          request
              .target()
              .params()
              .forEach(
                  (name, value) -> {
                    params.add(name);
                    params.add(value);
                  });
          write(out, params);
          write(out, request.headers());
          out.writeBoolean(request.chunks());
          write(out, request.body());
        });
  }

  static Request request(byte[] bytes) {
    return read(
        bytes,
        in -> {
          String method = in.readUTF();
          List<String> segments = readTexts(in);
          List<String> params = readTexts(in);
          Map<String, String> named = new LinkedHashMap<>();
          for (int i = 0; i + 1 < params.size(); i += 2) {
            named.put(params.get(i), params.get(i + 1));
          }
          HttpHeaders headers = readHeaders(in);
          boolean chunks = in.readBoolean();
          return new Request(method, new Target(segments, named), headers, readBytes(in), chunks);
        });
  }

  /** An answer in the form that its request asks for. */
  static byte[] response(Request request, Response response) {
    FullHttpResponse reply = Replies.reply(request, response);
    return written(
        out -> {
          out.writeInt(reply.status().code());
          write(out, reply.headers());
          write(out, ByteBufUtil.getBytes(reply.content()));
        });
  }

  static Response response(byte[] bytes) {
    return read(
        bytes,
        in -> {
          HttpResponseStatus status = HttpResponseStatus.valueOf(in.readInt());
          HttpHeaders headers = readHeaders(in);
          FullHttpResponse reply =
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(readBytes(in)));
          reply.headers().set(headers);
          return new Response.Drawn(reply, new AtomicLong());
        });
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes everything
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] bytes, Reading<T> reading) {
    try {
      return reading.from(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new IllegalArgumentException("what another node says cannot be read", e);
    }
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[Math.clamp(in.readInt(), 0, in.available())];
    in.readFully(bytes);
    return bytes;
  }

  /** Texts may be longer than the 64 KiB that a stream of data knows. */
  private static void write(DataOutputStream out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      write(out, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<String> readTexts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(new String(readBytes(in), StandardCharsets.UTF_8));
    }
    return texts;
  }

  private static void write(DataOutputStream out, HttpHeaders headers) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Map.Entry<String, String> header : headers) {
      texts.add(header.getKey());
      texts.add(header.getValue());
    }
    write(out, texts);
  }

  private static HttpHeaders readHeaders(DataInputStream in) throws IOException {
    List<String> texts = readTexts(in);
    HttpHeaders headers = new DefaultHttpHeaders();
    for (int i = 0; i + 1 < texts.size(); i += 2) {
      headers.add(texts.get(i), texts.get(i + 1));
    }
    return headers;
  }
}
