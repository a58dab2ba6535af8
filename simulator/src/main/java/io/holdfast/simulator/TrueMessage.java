package io.holdfast.simulator;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message as the log has made it, in all its versions. */
final class TrueMessage {
  /** What the fold allows for ids, serials and times. */
  static final int ENVELOPE = 2_048;

  private final String serial;
  private final @Nullable String clientId;
  private final List<TrueVersion> versions = new ArrayList<>();
  private final TrueTally tally = new TrueTally();
  private int cost;
  private boolean deletedOnce;
  private boolean mutated;

  TrueMessage(String serial, @Nullable String clientId, TrueVersion first, int cost) {
    this.serial = serial;
    this.clientId = clientId;
    this.versions.add(first);
    this.cost = cost;
  }

  String serial() {
    return serial;
  }

  @Nullable String clientId() {
    return clientId;
  }

  /** What its annotations add up to. */
  TrueTally tally() {
    return tally;
  }

  TrueVersion latest() {
    return versions.getLast();
  }

  List<TrueVersion> versions() {
    return versions;
  }

  @Nullable TrueVersion version(String versionSerial) {
    for (int i = versions.size() - 1; i >= 0; i--) {
      if (versions.get(i).serial().equals(versionSerial)) {
        return versions.get(i);
      }
    }
    return null;
  }

  /** Whether it was ever updated or deleted, so that what was refused once may be taken now. */
  boolean mutated() {
    return mutated;
  }

  /** The newest change was no append. */
  void mutate() {
    mutated = true;
  }

  void add(TrueVersion version, int newCost) {
    versions.add(version);
    cost = newCost;
    deletedOnce |= version.action() == io.holdfast.protocol.MessageAction.DELETE;
  }

  /** Bytes its data takes on the wire. */
  int cost() {
    return cost;
  }

  /** And all but its data, as the fold counts it: a little too much. */
  int envelope() {
    return envelope(null, null);
  }

  /** The same with other fields; null leaves one as it is. */
  int envelope(@Nullable String name, @Nullable String extras) {
    TrueVersion now = latest();
    return ENVELOPE
        + length(name == null ? now.name() : name) * 2
        + length(clientId)
        + length(extras == null ? now.extras() : extras);
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  boolean deletedOnce() {
    return deletedOnce;
  }

  @Override
  public String toString() {
    return serial + " " + latest();
  }
}
