package io.holdfast.journal;

/** A channel's name everywhere: its app and its own name. */
public record ChannelId(String app, String name) implements Comparable<ChannelId> {
  @Override
  public int compareTo(ChannelId other) {
    int byApp = app.compareTo(other.app);
    return byApp != 0 ? byApp : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return app + "/" + name;
  }
}
