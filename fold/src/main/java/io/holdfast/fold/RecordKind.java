package io.holdfast.fold;

/** Families of folded records. The byte is stored: it never changes meaning. */
public enum RecordKind {
  /** {@link StoredMessage}, by its serial. */
  MESSAGE('m'),
  /** An earlier version of a message, by the message's serial, '/', and its own. */
  VERSION('v'),
  /** An annotation, by its message's serial, '/', and its own. */
  ANNOTATION('a'),
  /** A presence event, by its serial. */
  PRESENCE('p'),
  /** A shared object without its entries, by its id. */
  OBJECT('o'),
  /** An entry of a shared map, by the map's id, '/', and the key. */
  OBJECT_ENTRY('e'),
  /** What is to be done about the shared objects and when, one record. */
  UPKEEP('u'),
  /** The members, one record. */
  MEMBERS('s'),
  /** The rest of the fold's state as of the records it was written with, one record. */
  STATE('t');

  private final byte code;

  RecordKind(char code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }
}
