package io.holdfast.objects;

/** What is wrong with an operation, by the objects as they stand. */
public enum Fault {
  /** It names no object: the id is not of the form of ids. */
  BAD_ID,
  /** It would refer to something that is no object's id. */
  BAD_REFERENCE,
  /** The object is not of the kind that this is done to. */
  WRONG_KIND,
  /** The object was deleted, for ever. */
  DELETED,
  /** The counter would become larger than numbers are. */
  NOT_FINITE,
  /** The root cannot be created or deleted. */
  ROOT,
  /** No such operation is known. */
  UNKNOWN
}
