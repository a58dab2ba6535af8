package io.holdfast.channels;

import io.holdfast.fold.Member;
import io.holdfast.protocol.Flags;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who is on a channel, counted. One connection counts once in every mode it has, however many names
 * of the channel it is attached by.
 *
 * @param connections those that are attached
 * @param presenceConnections those that may enter
 * @param presenceMembers members present
 * @param presenceSubscribers those that hear of members
 * @param publishers those that may publish
 * @param subscribers those that hear messages
 * @param objectPublishers those that may change objects
 * @param objectSubscribers those that hear of objects
 */
public record Occupancy(
    int connections,
    int presenceConnections,
    int presenceMembers,
    int presenceSubscribers,
    int publishers,
    int subscribers,
    int objectPublishers,
    int objectSubscribers) {
  /** Of a channel that nobody is on. */
  public static final Occupancy NONE = new Occupancy(0, 0, 0, 0, 0, 0, 0, 0);

  static Occupancy of(Collection<Attachments.Place> places, Collection<Member> members) {
    Map<String, Long> modes = HashMap.newHashMap(places.size());
    for (Attachments.Place place : places) {
      Attachment attachment = place.attachment();
      modes.merge(attachment.connectionId(), attachment.view().modes(), (a, b) -> a | b);
    }
    return new Occupancy(
        modes.size(),
        with(modes, Flags.PRESENCE),
        members.size(),
        with(modes, Flags.PRESENCE_SUBSCRIBE),
        with(modes, Flags.PUBLISH),
        with(modes, Flags.SUBSCRIBE),
        with(modes, Flags.OBJECT_PUBLISH),
        with(modes, Flags.OBJECT_SUBSCRIBE));
  }

  /** The same and those on another node; members are of the channel, so who has it counts all. */
  public Occupancy plus(Occupancy elsewhere) {
    return new Occupancy(
        connections + elsewhere.connections,
        presenceConnections + elsewhere.presenceConnections,
        Math.max(presenceMembers, elsewhere.presenceMembers),
        presenceSubscribers + elsewhere.presenceSubscribers,
        publishers + elsewhere.publishers,
        subscribers + elsewhere.subscribers,
        objectPublishers + elsewhere.objectPublishers,
        objectSubscribers + elsewhere.objectSubscribers);
  }

  private static int with(Map<String, Long> modes, long mode) {
    return (int) modes.values().stream().filter(all -> (all & mode) != 0).count();
  }

  /** Whether anybody is there. */
  boolean any() {
    return connections > 0 || presenceMembers > 0;
  }

  /** By the names that clients know. */
  public Map<String, Integer> metrics() {
    Map<String, Integer> metrics = new LinkedHashMap<>();
    metrics.put("connections", connections);
    metrics.put("presenceConnections", presenceConnections);
    metrics.put("presenceMembers", presenceMembers);
    metrics.put("presenceSubscribers", presenceSubscribers);
    metrics.put("publishers", publishers);
    metrics.put("subscribers", subscribers);
    metrics.put("objectPublishers", objectPublishers);
    metrics.put("objectSubscribers", objectSubscribers);
    return metrics;
  }
}
