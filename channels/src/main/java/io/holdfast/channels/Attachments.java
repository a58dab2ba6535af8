package io.holdfast.channels;

import io.holdfast.fold.Owner;
import io.holdfast.protocol.Flags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Who is attached, by connection, and the turn's events on their way to them: each executor gets
 * one task a turn. Of the channel's lane.
 */
final class Attachments {
  private final Map<Seat, Place> places = new HashMap<>();
  private final IdentityHashMap<Executor, Crowd> crowds = new IdentityHashMap<>();
  private final Set<Place> watchers = new LinkedHashSet<>();
  private final Set<Place> objectWatchers = new LinkedHashSet<>();
  private List<Outgoing> turn = new ArrayList<>();
  private long changes;

  /** An attachment; live once it is with its audience. */
  static final class Place {
    private final Attachment attachment;
    private final Owner owner;
    private boolean live;
    private boolean awaitsSync;
    private boolean awaitsEnd;
    private @Nullable Occupancy told;
    private boolean syncing;
    private boolean toldOfObjects;
    private boolean tellingObjects;
    private boolean objectsWanted;

    Place(Attachment attachment, Owner owner) {
      this.attachment = attachment;
      this.owner = owner;
    }

    /** What answers for its client's members. */
    Owner owner() {
      return owner;
    }

    Attachment attachment() {
      return attachment;
    }

    void awaitSync(boolean awaits) {
      awaitsSync = awaits;
    }

    /** The attachment before may have been promised members, and is told of none any more. */
    void awaitEnd(boolean awaits) {
      awaitsEnd = awaits;
    }

    boolean awaitsEnd() {
      return awaitsEnd;
    }

    /** Whether it may wait for members, promised to it or to the one before. */
    boolean mayAwaitMembers() {
      return awaitsEnd || attachment.has(Flags.PRESENCE_SUBSCRIBE);
    }

    /** Whether members asked for are to be sent: it is live and has read what it asked for last. */
    boolean asksForMembers() {
      boolean may = live && !syncing;
      syncing |= may;
      return may;
    }

    void membersTold() {
      syncing = false;
    }

    /** Whether its ATTACHED promised members. */
    boolean awaitsSync() {
      return awaitsSync;
    }

    boolean live() {
      return live;
    }

    /** The occupancy it was told last; null before that. */
    @Nullable Occupancy told() {
      return told;
    }

    void tell(Occupancy occupancy) {
      told = occupancy;
    }

    /** Whether all shared objects are to be sent now, and not again behind what is being sent. */
    boolean asksForObjects() {
      boolean may = !tellingObjects;
      tellingObjects = true;
      objectsWanted |= !may;
      return may;
    }

    /** They have been sent; tells whether they were asked for again meanwhile. */
    boolean objectsTold() {
      boolean again = objectsWanted;
      tellingObjects = false;
      objectsWanted = false;
      return again;
    }

    /** Whether it has not been told of the shared objects yet; asked once. */
    boolean firstOfObjects() {
      boolean first = !toldOfObjects;
      toldOfObjects = true;
      return first;
    }

    Executor executor() {
      return attachment.subscriber().executor();
    }
  }

  /** An audience and how many are in it, as this lane has arranged. */
  private static final class Crowd {
    private final Audience audience = new Audience();
    private int size;
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  /** Those who want to know who else is here. */
  Collection<Place> watchers() {
    return watchers;
  }

  /** Those who want to be told of shared objects in messages. */
  Collection<Place> objectWatchers() {
    return objectWatchers;
  }

  /** Goes up with everyone who comes or goes. */
  long changes() {
    return changes;
  }

  int size() {
    return places.size();
  }

  @Nullable Place get(Seat seat) {
    return places.get(seat);
  }

  Collection<Place> all() {
    return List.copyOf(places.values());
  }

  /** Any place of a connection, which may have several by names of the channel. */
  Optional<Place> ofConnection(@Nullable String connectionId) {
    return places.values().stream()
        .filter(place -> place.attachment.connectionId().equals(connectionId))
        .findAny();
  }

  boolean has(Place place) {
    return places.get(place.attachment.seat()) == place;
  }

  /** Adds a place that is not live yet; one the connection had before is gone. */
  Place add(Attachment attachment, Owner owner) {
    remove(attachment.seat());
    Place place = new Place(attachment, owner);
    places.put(attachment.seat(), place);
    changes++;
    if (attachment.view().occupancy() != null && attachment.view().hearsMessages()) {
      watchers.add(place);
    }
    if (attachment.view().objects() != null && attachment.view().hearsMessages()) {
      objectWatchers.add(place);
    }
    return place;
  }

  /** From here on the place gets every event; {@code first} runs on its executor before that. */
  void goLive(Place place, Runnable first) {
    flush();
    Crowd crowd = crowds.computeIfAbsent(place.executor(), e -> new Crowd());
    crowd.size++;
    place.live = true;
    changes++;
    place
        .executor()
        .execute(
            () -> {
              first.run();
              crowd.audience.add(place.attachment);
              place.attachment.subscriber().flush();
            });
  }

  @Nullable Place remove(Seat seat) {
    Place place = places.remove(seat);
    if (place != null) {
      changes++;
      watchers.remove(place);
      objectWatchers.remove(place);
    }
    if (place != null && place.live) {
      flush();
      Executor executor = place.executor();
      Crowd crowd = crowds.get(executor);
      if (crowd != null) {
        crowd.size--;
        if (crowd.size == 0) {
          crowds.remove(executor);
        }
        executor.execute(() -> crowd.audience.remove(place.attachment));
      }
    }
    return place;
  }

  /** An event for everyone, with the rest of the turn's. */
  void add(Outgoing event) {
    if (!crowds.isEmpty()) {
      turn.add(event);
    }
  }

  /** Hands the turn's events over. */
  void flush() {
    if (turn.isEmpty()) {
      return;
    }
    List<Outgoing> events = turn;
    turn = new ArrayList<>();
    crowds.forEach((executor, crowd) -> executor.execute(() -> crowd.audience.deliver(events)));
  }
}
