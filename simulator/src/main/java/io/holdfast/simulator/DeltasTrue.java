package io.holdfast.simulator;

/**
 * A difference only ever comes to a client that has read the very message it is a difference to.
 */
final class DeltasTrue {
  static final String NAME = "deltas are true";

  private DeltasTrue() {}

  static void wanted(boolean deltas, String what) {
    if (!deltas) {
      throw new Broken(NAME, what + " is a difference, which nobody asked for");
    }
  }

  static void over(String from, String held, String what) {
    if (!from.equals(held)) {
      throw new Broken(NAME, what + " is over " + from + " and the client has read " + held);
    }
  }

  static Broken unreadable(String what, Exception why) {
    return new Broken(NAME, what + " cannot be read: " + why);
  }
}
