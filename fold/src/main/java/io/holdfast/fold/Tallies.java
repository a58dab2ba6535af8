package io.holdfast.fold;

import io.holdfast.objects.Sorted;
import io.holdfast.protocol.Annotation;
import org.jspecify.annotations.Nullable;

/** What the annotations of one message add up to, by type: the fold of its annotations. */
public final class Tallies {
  static final Tallies NONE = new Tallies(Sorted.empty(), 0, 0);

  /** The most that types, names and numbers may take in a summary, bytes. */
  private static final int MAX_FIXED = 32 * 1024;

  /** The most that all clients may take, of which a summary lists as many as fit, bytes. */
  private static final int MAX_LISTED = 1024 * 1024;

  private final Sorted<Tally> types;
  private final int fixed;
  private final int listed;

  private Tallies(Sorted<Tally> types, int fixed, int listed) {
    this.types = types;
    this.fixed = fixed;
    this.listed = listed;
  }

  boolean isEmpty() {
    return types.isEmpty();
  }

  /** What they take in memory, roughly, bytes. */
  int weight() {
    return 3 * (fixed + listed);
  }

  Sorted<Tally> types() {
    return types;
  }

  /** What all but the lists of clients takes in a summary, bytes. */
  int fixed() {
    return fixed;
  }

  private static int cost(String type) {
    return 8 + JsonCost.of(type);
  }

  /** Whether there is room for one more. */
  boolean fits(Annotation annotation) {
    String type = String.valueOf(annotation.type());
    SummaryMethod method = SummaryMethod.of(type);
    if (method == null) {
      return true;
    }
    Tally tally = types.get(type);
    int more =
        tally == null
            ? cost(type) + Tally.of(method).fixed() + Tally.of(method).growth(annotation.name())
            : tally.growth(annotation.name());
    String client = annotation.clientId();
    return fixed + more <= MAX_FIXED
        && listed + (client == null ? 0 : Votes.cost(client)) <= MAX_LISTED;
  }

  /** The same with one more; one that is not summarised changes nothing. */
  Tallies with(Annotation annotation) {
    String type = String.valueOf(annotation.type());
    SummaryMethod method = SummaryMethod.of(type);
    if (method == null) {
      return this;
    }
    Tally before = types.get(type);
    return with(type, (before == null ? Tally.of(method) : before).with(annotation));
  }

  private Tallies with(String type, Tally now) {
    Tally before = types.get(type);
    return new Tallies(
        types.put(type, now),
        fixed + now.fixed() - (before == null ? -cost(type) : before.fixed()),
        listed + now.listed() - (before == null ? 0 : before.listed()));
  }

  /** As JSON of at most so many bytes, lists of clients being cut to fit; null if that is not. */
  @Nullable String summary(int maxBytes) {
    return isEmpty() || fixed > maxBytes ? null : new Summary(maxBytes - fixed).of(this);
  }

  /** What one client has added, in the same form. */
  public String summaryOf(String client) {
    return new Summary(Integer.MAX_VALUE).of(this, client);
  }

  void write(ByteWriter out) {
    out.writeLong(types.size());
    types.forEach(
        (type, tally) -> {
          out.writeString(type);
          tally.write(out);
        });
  }

  static Tallies read(ByteReader in) {
    Tallies tallies = NONE;
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      String type = in.readString();
      tallies = tallies.with(type, Tally.read(in));
    }
    return tallies;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tallies that && types.equals(that.types);
  }

  @Override
  public int hashCode() {
    return types.hashCode();
  }

  @Override
  public String toString() {
    return types.toString();
  }
}
