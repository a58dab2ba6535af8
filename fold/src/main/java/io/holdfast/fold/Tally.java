package io.holdfast.fold;

import io.holdfast.objects.Sorted;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of one type add up to. Immutable.
 *
 * @param total how many there are, for the method that counts nothing else
 * @param names by name; the one name of a type that has none is empty
 * @param chosen the name each client counts under, where that is one alone
 * @param fixed what it takes in a summary without lists of clients, bytes
 * @param listed what the lists of clients take, bytes
 */
record Tally(
    SummaryMethod method,
    long total,
    Sorted<Votes> names,
    Sorted<String> chosen,
    int fixed,
    int listed) {
  private static final String UNNAMED = "";

  /** The most that one annotation can count for. */
  static final long MAX_COUNT = 1_000_000;

  /** The names of a list's fields, and its numbers. */
  private static final int ENTRY = 140;

  static Tally of(SummaryMethod method) {
    return new Tally(method, 0, Sorted.empty(), Sorted.empty(), ENTRY, 0);
  }

  private String key(@Nullable String name) {
    return method.named() && name != null ? name : UNNAMED;
  }

  /** What a name that is not there yet would add to {@link #fixed}. */
  int growth(@Nullable String name) {
    String key = key(name);
    return method == SummaryMethod.TOTAL || names.get(key) != null ? 0 : ENTRY + JsonCost.of(key);
  }

  Tally with(Annotation annotation) {
    String client = annotation.clientId();
    boolean create = annotation.action() == AnnotationAction.CREATE;
    return switch (method) {
      case TOTAL ->
          new Tally(method, Math.max(0, total + (create ? 1 : -1)), names, chosen, fixed, listed);
      case FLAG, DISTINCT -> {
        if (client == null) {
          yield this;
        }
        String key = key(annotation.name());
        yield create ? once(key, client) : without(key, client);
      }
      case UNIQUE -> client == null ? this : unique(annotation, client, create);
      case MULTIPLE -> multiple(annotation, client, create);
    };
  }

  private Tally unique(Annotation annotation, String client, boolean create) {
    String before = chosen.get(client);
    String key = key(annotation.name());
    if (create) {
      Tally left = before == null || before.equals(key) ? this : without(before, client);
      return left.once(key, client).chosenBy(client, key);
    }
    if (before == null || (annotation.name() != null && !before.equals(key))) {
      return this;
    }
    return without(before, client).chosenBy(client, null);
  }

  private Tally chosenBy(String client, @Nullable String name) {
    Sorted<String> now = name == null ? chosen.remove(client) : chosen.put(client, name);
    return new Tally(method, total, names, now, fixed, listed);
  }

  private Tally multiple(Annotation annotation, @Nullable String client, boolean create) {
    String key = key(annotation.name());
    if (!create) {
      return client == null ? this : without(key, client);
    }
    long count = annotation.count() <= 0 ? 1 : Math.min(annotation.count(), MAX_COUNT);
    Votes votes = votes(key);
    return voted(key, client == null ? votes.plusUnidentified(count) : votes.plus(client, count));
  }

  private Votes votes(String key) {
    Votes votes = names.get(key);
    return votes == null ? Votes.NONE : votes;
  }

  private Tally once(String key, String client) {
    Votes votes = votes(key);
    return votes.clients().get(client) == null ? voted(key, votes.plus(client, 1)) : this;
  }

  private Tally without(String key, String client) {
    return names.get(key) == null ? this : voted(key, votes(key).without(client));
  }

  /** The same with other votes for a name, which is gone when there are none. */
  Tally voted(String key, Votes now) {
    Votes before = names.get(key);
    int cost = ENTRY + JsonCost.of(key);
    int more = (now.isEmpty() ? 0 : cost) - (before == null ? 0 : cost);
    return new Tally(
        method,
        total,
        now.isEmpty() ? names.remove(key) : names.put(key, now),
        chosen,
        fixed + more,
        listed + now.listed() - (before == null ? 0 : before.listed()));
  }

  void write(ByteWriter out) {
    out.writeByte(method.ordinal());
    out.writeLong(total);
    out.writeLong(names.size());
    names.forEach(
        (name, votes) -> {
          out.writeString(name);
          out.writeLong(votes.unidentified());
          out.writeLong(votes.clients().size());
          votes
              .clients()
              .forEach(
                  (client, count) -> {
                    out.writeString(client);
                    out.writeLong(count);
                  });
        });
  }

  static Tally read(ByteReader in) {
    SummaryMethod method = in.readOneOf(SummaryMethod.values());
    Tally tally = new Tally(method, in.readLong(), Sorted.empty(), Sorted.empty(), ENTRY, 0);
    int count = in.readCount();
    for (int i = 0; i < count; i++) {
      String name = in.readString();
      Votes votes = Votes.NONE.plusUnidentified(in.readLong());
      int clients = in.readCount();
      for (int j = 0; j < clients; j++) {
        String client = in.readString();
        votes = votes.plus(client, in.readLong());
        if (method == SummaryMethod.UNIQUE) {
          tally = tally.chosenBy(client, name);
        }
      }
      tally = tally.voted(name, votes);
    }
    return tally;
  }
}
