package io.holdfast.connections;

import io.holdfast.fold.Owner;

/**
 * A transport's claim to go on with a connection, for when several come at once on as many nodes:
 * all of them agree which is the newest, and that one stays. By the nodes' clocks, so it is asked
 * for a moment only.
 *
 * @param madeAt ms
 * @param shown who gave out the key that the client has shown
 */
record Claim(long madeAt, Owner owner, Owner shown) {
  /** Those that were made so long ago do not come at once with one that is made now, ms. */
  static final long MOMENT = 2_000;

  /** Whether another one has to give way to this. */
  boolean isNewerThan(Claim other) {
    if (other.shown.equals(owner)) {
      // its client was here first
      return false;
    }
    if (madeAt != other.madeAt) {
      return madeAt > other.madeAt;
    }
    int boots = owner.boot().compareTo(other.owner.boot());
    return boots > 0 || (boots == 0 && owner.transport() > other.owner.transport());
  }

  /** Whether one that is made now may have come at once with this. */
  boolean isFresh(long now) {
    return Math.abs(now - madeAt) <= MOMENT;
  }
}
