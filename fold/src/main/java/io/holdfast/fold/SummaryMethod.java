package io.holdfast.fold;

import org.jspecify.annotations.Nullable;

/** How annotations of a type are summarised. The order is stored: it never changes. */
public enum SummaryMethod {
  /** How many there are. */
  TOTAL("total.v1", false, false),
  /** Which clients have made one. */
  FLAG("flag.v1", true, false),
  /** By name, which clients have made one. */
  DISTINCT("distinct.v1", true, true),
  /** The same, and a client counts under its latest name alone. */
  UNIQUE("unique.v1", true, true),
  /** By name, which clients have made how many. */
  MULTIPLE("multiple.v1", false, true);

  private final String word;
  private final boolean identified;
  private final boolean named;

  SummaryMethod(String word, boolean identified, boolean named) {
    this.word = word;
    this.identified = identified;
    this.named = named;
  }

  /** The method of a type such as {@code reaction:distinct.v1}; null for one that is not ours. */
  public static @Nullable SummaryMethod of(String type) {
    int colon = type.lastIndexOf(':');
    if (colon < 0) {
      return null;
    }
    String word = type.substring(colon + 1);
    for (SummaryMethod method : values()) {
      if (method.word.equals(word)) {
        return method;
      }
    }
    return null;
  }

  /** Whether only clients with a name can be counted. */
  public boolean identified() {
    return identified;
  }

  /** Whether annotations are counted by their name. */
  public boolean named() {
    return named;
  }
}
