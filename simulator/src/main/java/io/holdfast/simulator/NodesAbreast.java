package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Whoever asks one of several nodes is told of all that was stored by then: what one node has
 * acknowledged is there on the others at once. One node alone may answer before it was told what is
 * stored, since it has acknowledged none of that.
 */
final class NodesAbreast {
  static final String NAME = "nodes are abreast";

  private NodesAbreast() {}

  /**
   * An attachment begins.
   *
   * @param asked where the channel was when the client asked for it
   * @param at where it begins
   */
  static void begins(TrueChannel truth, Cursor asked, @Nullable Cursor at, String what) {
    boolean deleted = asked.position() <= truth.deletedThrough();
    if (!deleted && (at == null || at.compareTo(asked) < 0)) {
      throw new Broken(NAME, what + " begins at " + at + " and asked when there was " + asked);
    }
  }
}
