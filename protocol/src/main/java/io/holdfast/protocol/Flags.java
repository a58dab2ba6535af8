package io.holdfast.protocol;

/** Bits of a frame's {@code flags} (TR3). */
public final class Flags {
  public static final long HAS_PRESENCE = 1L;
  public static final long HAS_BACKLOG = 1L << 1;
  public static final long RESUMED = 1L << 2;
  public static final long TRANSIENT = 1L << 4;
  public static final long ATTACH_RESUME = 1L << 5;
  public static final long HAS_OBJECTS = 1L << 7;
  public static final long PRESENCE = 1L << 16;
  public static final long PUBLISH = 1L << 17;
  public static final long SUBSCRIBE = 1L << 18;
  public static final long PRESENCE_SUBSCRIBE = 1L << 19;
  public static final long ANNOTATION_PUBLISH = 1L << 21;
  public static final long ANNOTATION_SUBSCRIBE = 1L << 22;
  public static final long OBJECT_SUBSCRIBE = 1L << 24;
  public static final long OBJECT_PUBLISH = 1L << 25;

  /** Every mode bit. */
  public static final long MODES =
      PRESENCE
          | PUBLISH
          | SUBSCRIBE
          | PRESENCE_SUBSCRIBE
          | ANNOTATION_PUBLISH
          | ANNOTATION_SUBSCRIBE
          | OBJECT_SUBSCRIBE
          | OBJECT_PUBLISH;

  /** What an ATTACH without mode bits asks for. */
  public static final long DEFAULT_MODES =
      PRESENCE | PUBLISH | SUBSCRIBE | PRESENCE_SUBSCRIBE | ANNOTATION_PUBLISH;

  private Flags() {}
}
