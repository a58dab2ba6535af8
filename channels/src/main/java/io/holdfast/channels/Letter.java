package io.holdfast.channels;

import io.holdfast.journal.ChannelId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** What nodes write to one another about channels; both ends have the same version's words. */
final class Letter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  /** A step that cannot fail in memory. */
  private interface Step {
    void run() throws IOException;
  }

  private Letter step(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Letter channel(ChannelId channel) {
    return step(
        () -> {
          out.writeUTF(channel.app());
          out.writeUTF(channel.name());
        });
  }

  Letter channels(Collection<ChannelId> channels) {
    step(() -> out.writeInt(channels.size()));
    channels.forEach(this::channel);
    return this;
  }

  Letter flag(boolean flag) {
    return step(() -> out.writeBoolean(flag));
  }

  Letter number(long number) {
    return step(() -> out.writeLong(number));
  }

  Letter counts(Occupancy counts) {
    return step(
        () -> {
          for (int count : counts.metrics().values()) {
            out.writeInt(count);
          }
        });
  }

  Letter rest(byte[] rest) {
    return step(() -> out.write(rest));
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  /** One that was received. */
  static final class In {
    private final DataInputStream in;

    In(byte[] bytes) {
      in = new DataInputStream(new ByteArrayInputStream(bytes));
    }

    private interface Read<T> {
      T read() throws IOException;
    }

    private static <T> T read(Read<T> read) {
      try {
        return read.read();
      } catch (IOException e) {
        throw new UncheckedIOException("what another node sent is torn", e);
      }
    }

    ChannelId channel() {
      return read(() -> new ChannelId(in.readUTF(), in.readUTF()));
    }

    Set<ChannelId> channels() {
      Set<ChannelId> channels = new LinkedHashSet<>();
      for (int left = read(in::readInt); left > 0; left--) {
        channels.add(channel());
      }
      return channels;
    }

    boolean flag() {
      return read(in::readBoolean);
    }

    long number() {
      return read(in::readLong);
    }

    Occupancy counts() {
      return read(
          () ->
              new Occupancy(
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt()));
    }

    byte[] rest() {
      return read(in::readAllBytes);
    }
  }
}
