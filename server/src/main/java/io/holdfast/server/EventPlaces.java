package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a reader of an event stream is on each of its channels. The id of an event holds all of
 * these places, in the order of the channels' names, so that the reader can go on from there.
 */
final class EventPlaces {
  private static final String BETWEEN = ",";

  private final SortedSet<String> channels;
  private final Map<String, String> places = new TreeMap<>();

  /**
   * Where a reader begins.
   *
   * @param lastEvent the id of what it saw last; null for a new start
   */
  EventPlaces(SortedSet<String> channels, @Nullable String lastEvent) {
    this.channels = channels;
    if (lastEvent != null) {
      String[] given = lastEvent.split(BETWEEN, -1);
      if (given.length != channels.size()) {
        throw new Refusal(
            ErrorCode.BAD_PARAMETER.info(
                "the id of the last event is not one of a stream of these channels"));
      }
      int next = 0;
      for (String channel : channels) {
        places.put(channel, given[next++]);
      }
    }
  }

  Collection<String> channels() {
    return channels;
  }

  /** Its place on a channel, null when it has none yet. */
  @Nullable String at(String channel) {
    return places.get(channel);
  }

  /** Notes a place; what has none leaves the one before. */
  void moved(String channel, @Nullable String place) {
    if (place != null && channels.contains(channel)) {
      places.put(channel, place);
    }
  }

  /** What to go on from; null until it has a place on every channel. */
  @Nullable String id() {
    if (places.size() < channels.size()) {
      return null;
    }
    List<String> all = new ArrayList<>(places.values());
    return String.join(BETWEEN, all);
  }
}
