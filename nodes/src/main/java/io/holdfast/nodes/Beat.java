package io.holdfast.nodes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A sign of life. Later releases may add to its end, which is not read here.
 *
 * @param leaving whether it is the last one of its run
 * @param started when the run began, ms since the epoch by its own clock
 */
record Beat(boolean leaving, String boot, long started, EntryForms forms) {
  /** What one run knows of another. */
  record Heard(Beat beat, long age) {}

  byte[] bytes() {
    return written(this::write);
  }

  static Beat of(byte[] bytes) throws IOException {
    return read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  static byte[] list(List<Heard> all) {
    return written(
        out -> {
          out.writeInt(all.size());
          for (Heard heard : all) {
            byte[] beat = heard.beat.bytes();
            out.writeLong(heard.age);
            out.writeInt(beat.length);
            out.write(beat);
          }
        });
  }

  static List<Heard> listed(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    List<Heard> all = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      long age = in.readLong();
      byte[] beat = new byte[Math.clamp(in.readInt(), 0, bytes.length)];
      in.readFully(beat);
      all.add(new Heard(of(beat), age));
    }
    return all;
  }

  private void write(DataOutputStream out) throws IOException {
    out.writeBoolean(leaving);
    out.writeUTF(boot);
    out.writeLong(started);
    out.writeInt(forms.reads());
    out.writeInt(forms.writes());
  }

  private static Beat read(DataInputStream in) throws IOException {
    return new Beat(
        in.readBoolean(), in.readUTF(), in.readLong(), new EntryForms(in.readInt(), in.readInt()));
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
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
}
