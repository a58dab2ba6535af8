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

  /** Of channels that nobody has said to have entered here, by the name it may have been. */
  private final Map<String, String> guesses = new HashMap<>();

  private int size;

  /** How many names there are. */
  int size() {
    return size + guesses.size();
  }

  boolean by(String name) {
    return names.getOrDefault(ChannelNames.plain(name), Set.of()).contains(name);
  }

  /** Whether the channel of that name was entered, by whatever name. */
  boolean channelOf(String name) {
    String channel = ChannelNames.plain(name);
    return names.containsKey(channel) || guesses.containsKey(channel);
  }

  void add(String name) {
    guesses.remove(ChannelNames.plain(name));
    if (names.computeIfAbsent(ChannelNames.plain(name), channel -> new HashSet<>()).add(name)) {
      size++;
    }
  }

  /** It may have entered by that name before; of several it is most likely the plain one. */
  void guess(String name) {
    String channel = ChannelNames.plain(name);
    if (names.containsKey(channel)) {
      return;
    }
    if (name.equals(channel)) {
      guesses.put(channel, name);
    } else {
      guesses.putIfAbsent(channel, name);
    }
  }

  void addAll(Entered others) {
    others.names.values().forEach(those -> those.forEach(this::add));
    others.guesses.values().forEach(this::guess);
  }

  /**
   * Lets a name go; whether it was the last by which its channel was entered. The plain name ends
   * any guess: it is what most enter by.
   */
  boolean remove(String name) {
    String channel = ChannelNames.plain(name);
    String guess = guesses.get(channel);
    if (guess != null && (guess.equals(name) || channel.equals(name))) {
      guesses.remove(channel);
      return true;
    }
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
    guesses.remove(ChannelNames.plain(name));
    Set<String> by = names.remove(ChannelNames.plain(name));
    size -= by == null ? 0 : by.size();
  }

  /** The channels, as they are now. */
  Set<String> channels() {
    Set<String> channels = new HashSet<>(names.keySet());
    channels.addAll(guesses.keySet());
    return channels;
  }
}
