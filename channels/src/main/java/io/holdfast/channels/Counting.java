package io.holdfast.channels;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.SharedFrame;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who asked how many are on the channel: at once when somebody is the first or the last
 * in anything, otherwise once in a while. Of the channel's lane.
 */
final class Counting {
  /** How long counts may change before it is told, ms. */
  static final int WINDOW = 1_000;

  private static final int BYTES = 500;
  private static final String ALL = "metrics";

  /** Other nodes are told of changes that come together at once, ms. */
  private static final int GATHERED = 100;

  private final Channel handle;
  private final Timers timers;
  private final String boot;
  private final Elsewhere elsewhere;
  private final Attachments attachments;
  private final Supplier<Occupancy> counted;
  private final IntSupplier members;
  private long seenChanges;
  private int seenMembers;
  private long quietUntil;
  private boolean waiting;
  private long told;

  /** Those on other nodes, by node. */
  private final Map<String, Occupancy> others = new HashMap<>();

  private boolean othersChanged;
  private long askedAt;
  private long nodesToldChanges;
  private boolean nodesWait;

  Counting(
      Channel handle,
      Services services,
      Attachments attachments,
      Supplier<Occupancy> counted,
      IntSupplier members) {
    this.handle = handle;
    this.timers = services.timers();
    this.boot = services.boot();
    this.elsewhere = services.elsewhere();
    this.attachments = attachments;
    this.counted = counted;
    this.members = members;
  }

  /** Looks whether what a turn has brought is to be told. */
  void look() {
    tellNodes();
    if (attachments.watchers().isEmpty()) {
      return;
    }
    askNodes();
    int membersNow = members.getAsInt();
    boolean changed =
        attachments.changes() != seenChanges || membersNow != seenMembers || othersChanged;
    othersChanged = false;
    boolean due = waiting && timers.now() >= quietUntil;
    if (!changed && !due) {
      return;
    }
    seenChanges = attachments.changes();
    seenMembers = membersNow;
    tell(everywhere(), timers.now() >= quietUntil);
  }

  private Occupancy everywhere() {
    Occupancy sum = counted.get();
    for (Occupancy there : others.values()) {
      sum = sum.plus(there);
    }
    return sum;
  }

  /** Says again and again that those on other nodes are wanted, as long as anybody watches. */
  private void askNodes() {
    if (timers.now() >= askedAt + Elsewhere.RENEWED && !elsewhere.nodes().others().isEmpty()) {
      askedAt = timers.now();
      elsewhere.watch(handle.id());
      timers.after(Elsewhere.RENEWED, () -> handle.offer(open -> open.counting().look()));
    }
  }

  /** Another node wants to know who is here. */
  void asked(String node) {
    elsewhere.count(handle.id(), node, counted.get());
  }

  /** Another node says who is there. */
  void heard(String node, Occupancy there) {
    if (elsewhere.nodes().others().contains(node)) {
      othersChanged |= !there.equals(others.put(node, there));
    }
  }

  /** A node has come or gone: those on it with it. */
  void nodesChanged() {
    othersChanged |= others.keySet().retainAll(elsewhere.nodes().others());
    askedAt = 0;
  }

  private void tellNodes() {
    if (attachments.changes() == nodesToldChanges || nodesWait) {
      return;
    }
    List<String> watching = elsewhere.watching(handle.id());
    if (watching.isEmpty()) {
      nodesToldChanges = attachments.changes();
      return;
    }
    nodesWait = true;
    timers.after(GATHERED, () -> handle.offer(open -> open.counting().tellNodesNow()));
  }

  private void tellNodesNow() {
    nodesWait = false;
    nodesToldChanges = attachments.changes();
    Occupancy here = counted.get();
    elsewhere.watching(handle.id()).forEach(node -> elsewhere.count(handle.id(), node, here));
  }

  private void tell(Occupancy now, boolean all) {
    Map<String, SharedFrame> frames = new HashMap<>();
    boolean left = false;
    waiting = false;
    for (Attachments.Place place : attachments.watchers()) {
      Occupancy before = place.told();
      String wanted = String.valueOf(place.attachment().view().occupancy());
      if (place.live() && (before == null || differs(before, now, wanted))) {
        if (all || before == null || turned(before, now, wanted)) {
          tell(place, now, wanted, frames);
        } else {
          left = true;
        }
      }
    }
    if (!frames.isEmpty()) {
      quietUntil = timers.now() + WINDOW;
    }
    if (left) {
      waiting = true;
      long wait = Math.max(1, quietUntil - timers.now());
      timers.after(wait, () -> handle.offer(open -> open.counting().look()));
    }
  }

  private static boolean differs(Occupancy before, Occupancy now, String wanted) {
    return !part(before, wanted).equals(part(now, wanted));
  }

  /** Whether something there was none of is there, or the other way round. */
  private static boolean turned(Occupancy before, Occupancy now, String wanted) {
    Map<String, Integer> then = part(before, wanted);
    return part(now, wanted).entrySet().stream()
        .anyMatch(entry -> (entry.getValue() == 0) != (then.getOrDefault(entry.getKey(), 0) == 0));
  }

  private static Map<String, Integer> part(Occupancy occupancy, String wanted) {
    Map<String, Integer> metrics = occupancy.metrics();
    if (!wanted.equals(ALL)) {
      metrics.keySet().retainAll(List.of(wanted.substring(ALL.length() + 1)));
    }
    return metrics;
  }

  private void tell(
      Attachments.Place place, Occupancy now, String wanted, Map<String, SharedFrame> frames) {
    String name = place.attachment().view().name();
    SharedFrame frame =
        frames.computeIfAbsent(wanted + " " + name, key -> frame(name, part(now, wanted)));
    place.tell(now);
    place
        .executor()
        .execute(
            () -> {
              place.attachment().send(frame, BYTES);
              place.attachment().subscriber().flush();
            });
  }

  private SharedFrame frame(String name, Map<String, Integer> metrics) {
    byte[] json = BodyCodec.encodeTree(Map.of("metrics", metrics), Format.JSON);
    Message message =
        new Message(
            MessageAction.META,
            null,
            "[meta]occupancy",
            Data.text(new String(json, StandardCharsets.UTF_8)),
            "json",
            null,
            null,
            null,
            timers.now(),
            null,
            null,
            null);
    String id = "occupancy-" + boot + ":" + told++;
    @Nullable String nowhere = null;
    return new SharedFrame(
        new Frame.Messages(
            name, List.of(message), -1, id, nowhere, nowhere, timers.now(), Map.of()));
  }
}
