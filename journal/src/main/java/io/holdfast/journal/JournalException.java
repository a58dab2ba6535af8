package io.holdfast.journal;

/** Why the engine did not do as asked. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the caller may conclude. */
  public enum Reason {
    /** Never handed to the engine: too little free space. Reads and deletes go on. */
    NO_SPACE,
    /** Never handed to the engine: too much is waiting for it. Retry later. */
    BUSY,
    /** Never handed to the engine: closing or closed. */
    CLOSED,
    /** Cannot be opened: held by another process. */
    HELD,
    /** Cannot be opened: written by a newer version. */
    NEWER_FORMAT,
    /** Cannot be opened: damaged, or nothing of ours. */
    UNREADABLE,
    /** The outcome is not known. */
    UNKNOWN
  }

  private final Reason reason;

  public JournalException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public JournalException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
