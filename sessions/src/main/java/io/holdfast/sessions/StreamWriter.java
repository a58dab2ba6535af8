package io.holdfast.sessions;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the outputs of one message. New messages are waited for; appends follow each other without
 * waiting, see {@link GrowingText}, and a stream's end waits for all of its own. A stream of which
 * an append was refused is mended by an update with all of its text, as soon as that is known.
 *
 * <p>Used by one thread at a time.
 */
final class StreamWriter<O> {
  private static final int MEND_AGAIN_AFTER = 1_000;

  /** A stream under way; {@code text} is all that was written to it. */
  private static final class Stream {
    private final String serial;
    private final TransportHeaders transport;
    private final Map<String, String> codec;
    private final Map<String, Object> extras;
    private final StringBuilder text = new StringBuilder();
    private final GrowingText growing;
    private int mendFrom;

    private Stream(
        SessionChannel channel,
        String serial,
        TransportHeaders transport,
        Map<String, String> codec) {
      this.serial = serial;
      this.transport = transport;
      this.codec = codec;
      extras = AiExtras.write(transport, codec, false);
      growing = new GrowingText(channel, serial, extras);
    }
  }

  private final SessionChannel channel;
  private final Codec<O, ?> codec;
  private final TransportHeaders headers;
  private final String codecMessageId;
  private final Map<String, Stream> streams = new HashMap<>();

  StreamWriter(SessionChannel channel, Codec<O, ?> codec, TransportHeaders headers) {
    this.channel = channel;
    this.codec = codec;
    this.headers = headers;
    codecMessageId = headers.getOrEmpty(Header.CODEC_MESSAGE_ID);
  }

  /** Writes an output; blocks for the channel as far as need be. */
  void write(O output) throws InterruptedException {
    for (OutputWrite write : codec.encode(output, codecMessageId)) {
      switch (write) {
        case OutputWrite.Discrete discrete -> publish(discrete);
        case OutputWrite.Open open -> open(open);
        case OutputWrite.Delta delta -> append(delta);
        case OutputWrite.Close close -> close(close);
      }
    }
  }

  private void publish(OutputWrite.Discrete discrete) throws InterruptedException {
    Map<String, Object> extras =
        AiExtras.write(
            headers.with(Header.STREAM, "false"), discrete.fields(), discrete.ephemeral());
    serial(Outgoing.create(WireEvent.OUTPUT, discrete.data(), extras));
  }

  private @Nullable String serial(Outgoing message) throws InterruptedException {
    // what was said before it goes before it
    for (Stream stream : streams.values()) {
      stream.growing.flush();
    }
    try {
      List<String> serials = channel.publish(List.of(message)).get();
      return serials.isEmpty() ? null : serials.getFirst();
    } catch (ExecutionException e) {
      throw InputSender.failure(e.getCause(), "An output could not be published");
    }
  }

  private void open(OutputWrite.Open open) throws InterruptedException {
    TransportHeaders transport =
        headers.toBuilder()
            .set(Header.STREAM, "true")
            .set(Header.STATUS, "streaming")
            .set(Header.STREAM_ID, open.streamId())
            .build();
    Map<String, Object> extras = AiExtras.write(transport, open.fields(), false);
    String serial = serial(Outgoing.create(WireEvent.OUTPUT, "", extras));
    if (serial == null || serial.isEmpty()) {
      throw SessionError.INTERNAL.because(
          "The channel gave no serial for stream " + open.streamId() + ", so it cannot grow");
    }
    streams.put(open.streamId(), new Stream(channel, serial, transport, open.fields()));
  }

  private void append(OutputWrite.Delta delta) throws InterruptedException {
    Stream stream = streams.get(delta.streamId());
    if (stream == null) {
      throw SessionError.INVALID_ARGUMENT.because(
          "The stream " + delta.streamId() + " is not open");
    }
    stream.text.append(delta.text());
    if (stream.text.length() < stream.mendFrom || !mended(stream)) {
      stream.growing.add(delta.text());
    }
  }

  /**
   * Sends all of the text where something of it was refused. Readers of a stream that has ended
   * read no further, so this is done as soon as it is known; after it has failed, not before much
   * more was written or the stream ends.
   *
   * @return whether the whole text was sent
   */
  private boolean mended(Stream stream) throws InterruptedException {
    if (!stream.growing.refused()) {
      return false;
    }
    stream.growing.drop();
    try {
      channel.update(Outgoing.update(stream.serial, stream.text.toString(), stream.extras)).get();
      stream.growing.mended();
      return true;
    } catch (ExecutionException e) {
      stream.mendFrom = stream.text.length() + MEND_AGAIN_AFTER;
      return false;
    }
  }

  private void close(OutputWrite.Close close) throws InterruptedException {
    Stream stream = streams.get(close.streamId());
    if (stream == null) {
      OutputWrite.Discrete otherwise = close.otherwise();
      if (otherwise == null) {
        throw SessionError.INVALID_ARGUMENT.because(
            "The stream " + close.streamId() + " to close is not open");
      }
      publish(otherwise);
      return;
    }
    mended(stream);
    Map<String, String> fields = new HashMap<>(stream.codec);
    fields.putAll(close.fields());
    end(stream, "complete", fields);
    streams.remove(close.streamId());
    finish(stream, "complete");
  }

  private void end(Stream stream, String status, Map<String, String> fields)
      throws InterruptedException {
    Map<String, Object> extras =
        AiExtras.write(stream.transport.with(Header.STATUS, status), fields, false);
    stream.growing.end(extras);
  }

  private void finish(Stream stream, String status) throws InterruptedException {
    stream.growing.settle();
    if (!stream.growing.refused()) {
      return;
    }
    Map<String, Object> extras =
        AiExtras.write(stream.transport.with(Header.STATUS, status), stream.codec, false);
    try {
      channel.update(Outgoing.update(stream.serial, stream.text.toString(), extras)).get();
    } catch (ExecutionException e) {
      throw SessionError.ENCODER_RECOVERY_FAILED.because(
          "Appends to message " + stream.serial + " were refused, and so was its whole text",
          e.getCause());
    }
  }

  /** Ends all streams that are open as cancelled, and waits for all that was written. */
  void cancelStreams() throws InterruptedException {
    List<Stream> open = List.copyOf(streams.values());
    streams.clear();
    for (Stream stream : open) {
      stream.growing.settle();
      mended(stream);
    }
    for (Stream stream : open) {
      end(stream, "cancelled", stream.codec);
    }
    for (Stream stream : open) {
      finish(stream, "cancelled");
    }
  }

  /** Waits for all that was written; streams that are open stay so. */
  void flush() throws InterruptedException {
    for (Stream stream : streams.values()) {
      stream.growing.settle();
    }
  }
}
