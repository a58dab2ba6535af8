package io.holdfast.protocol;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A frame that many connections send: encoded at most once per format, whoever asks first. Safe for
 * any thread; those who ask meanwhile wait for the one encoding.
 */
public final class SharedFrame {
  private final Frame frame;
  private final Slot json = new Slot();
  private final Slot msgpack = new Slot();

  public SharedFrame(Frame frame) {
    this.frame = frame;
  }

  private static final class Slot {
    private volatile byte @Nullable [] bytes;
    private volatile @Nullable Object view;
  }

  public Frame frame() {
    return frame;
  }

  /** The encoded frame: shared, so read only. */
  public byte[] bytes(Format format) {
    Slot slot = slot(format);
    byte[] bytes = slot.bytes;
    if (bytes == null) {
      synchronized (slot) {
        bytes = slot.bytes;
        if (bytes == null) {
          bytes = FrameCodec.encode(frame, format);
          slot.bytes = bytes;
        }
      }
    }
    return bytes;
  }

  public int size(Format format) {
    return bytes(format).length;
  }

  /**
   * What a transport makes of the bytes, such as a buffer with its own header: made by the first
   * caller and kept, one per format, so all transports of a process must make the same type.
   */
  @SuppressWarnings("unchecked")
  public <T> T view(Format format, Function<byte[], T> make) {
    Slot slot = slot(format);
    Object view = slot.view;
    if (view == null) {
      synchronized (slot) {
        view = slot.view;
        if (view == null) {
          view = make.apply(bytes(format));
          slot.view = view;
        }
      }
    }
    return (T) view;
  }

  private Slot slot(Format format) {
    return switch (format) {
      case JSON -> json;
      case MSGPACK -> msgpack;
    };
  }
}
