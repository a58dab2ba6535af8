package io.holdfast.server;

import java.util.List;

/**
 * A pattern of channel names in a capability: an optional kind in brackets and segments between
 * colons.
 *
 * <p>A segment that is {@code *} stands for any one segment, as the last one for any number of
 * them; a star beside other characters is itself. Without a kind only plain channels are meant, so
 * {@code *} leaves out {@code [meta]} and {@code [queue]}; the kind {@code *} means every kind and
 * none, {@code filter} every filter.
 *
 * @param kind what stands in the brackets, empty for none
 */
record Resource(String kind, List<String> segments) {
  private static final String ANY = "*";
  private static final String FILTERS = "filter";
  private static final String ONE_FILTER = FILTERS + "=";

  Resource {
    segments = List.copyOf(segments);
  }

  /** The pattern that is written so. */
  static Resource of(String text) {
    int end = text.startsWith("[") ? text.indexOf(']') : -1;
    String kind = end < 0 ? "" : kind(text.substring(1, end));
    return new Resource(kind, List.of(text.substring(end + 1).split(":", -1)));
  }

  // A qualifier may carry parameters, [meta?x=y], [?rewind=1]: they name no kind. A filter does.
  private static String kind(String qualifier) {
    int params = qualifier.indexOf('?');
    String kind = params < 0 ? qualifier : qualifier.substring(0, params);
    int value = kind.indexOf('=');
    return value < 0 || kind.startsWith(ONE_FILTER) ? kind : kind.substring(0, value);
  }

  boolean matches(String channel) {
    return holds(of(channel), true);
  }

  /** Whether every channel that {@code other} matches is matched by this. */
  boolean covers(Resource other) {
    return holds(other, false);
  }

  private boolean holds(Resource other, boolean literal) {
    if (!holds(other.kind)) {
      return false;
    }
    int last = segments.size() - 1;
    boolean open = segments.get(last).equals(ANY);
    int theirs = other.segments.size();
    if (open ? theirs <= last : theirs != last + 1 || (!literal && other.open())) {
      return false;
    }
    for (int i = 0; i < (open ? last : last + 1); i++) {
      String mine = segments.get(i);
      boolean theirStarIsOpen = !literal && i == theirs - 1 && other.open();
      if (theirStarIsOpen || (!mine.equals(ANY) && !mine.equals(other.segments.get(i)))) {
        return false;
      }
    }
    return true;
  }

  private boolean holds(String other) {
    return kind.equals(ANY)
        || kind.equals(other)
        || (kind.equals(FILTERS) && other.startsWith(ONE_FILTER));
  }

  private boolean open() {
    return segments.getLast().equals(ANY);
  }

  @Override
  public String toString() {
    return (kind.isEmpty() ? "" : "[" + kind + "]") + String.join(":", segments);
  }
}
