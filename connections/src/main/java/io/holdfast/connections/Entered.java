package io.holdfast.connections;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a connection may have members: channels, each with the names it has entered by, since a
 * channel may be attached by several and they stay until the last of these is let go. On the
 * transport's executor.
 */
final class Entered {
  private final Map<String, Set<String>> names = new HashMap<>();
  private int size;

  /** How many names there are. */
  int size() {
    return size;
  }

  boolean by(String name) {
    return names.getOrDefault(ChannelNames.plain(name), Set.of()).contains(name);
  }

  /** Whether the channel of that name was entered, by whatever name. */
  boolean channelOf(String name) {
    return names.containsKey(ChannelNames.plain(name));
  }

  void add(String name) {
    if (names.computeIfAbsent(ChannelNames.plain(name), channel -> new HashSet<>()).add(name)) {
      size++;
    }
  }

  void addAll(Map<String, Set<String>> others) {
    others.values().forEach(those -> those.forEach(this::add));
  }

  /** Lets a name go; whether it was the last by which its channel was entered. */
  boolean remove(String name) {
    String channel = ChannelNames.plain(name);
    Set<String> by = names.get(channel);
    if (by == null || !by.remove(name)) {
      return false;
    }
    size--;
    if (by.isEmpty()) {
      names.remove(channel);
    }
    return by.isEmpty();
  }

  /** Lets a channel go by whatever names. */
  void removeChannelOf(String name) {
    Set<String> by = names.remove(ChannelNames.plain(name));
    size -= by == null ? 0 : by.size();
  }

  /** The names by channel, as they are now. */
  Map<String, Set<String>> all() {
    Map<String, Set<String>> all = new HashMap<>();
    names.forEach((channel, by) -> all.put(channel, Set.copyOf(by)));
    return Map.copyOf(all);
  }
}
