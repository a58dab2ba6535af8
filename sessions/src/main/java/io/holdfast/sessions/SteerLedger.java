package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The steers that a client has sent and does not know the outcome of. What a run has taken up is
 * remembered for the runs that somebody steers; of runs that have ended the last 1,000 are known.
 * Used under the session's lock; futures are completed by what it returns, outside.
 */
final class SteerLedger {
  private static final int ENDED_MAX = 1_000;

  private record Steer(
      String runId,
      CompletableFuture<String> published,
      CompletableFuture<SteerResult.Outcome> outcome) {}

  /** Steers by message: first those that have not come back, then those that have. */
  private final Map<String, Steer> sent = new LinkedHashMap<>();

  private final Map<String, Steer> echoed = new LinkedHashMap<>();
  private final Map<String, Set<String>> consumed = new HashMap<>();
  private final LinkedHashSet<String> ended = new LinkedHashSet<>();

  boolean ended(String runId) {
    return ended.contains(runId);
  }

  void sending(String codecMessageId, String runId, SteerResult result) {
    sent.put(codecMessageId, new Steer(runId, result.published(), result.outcome()));
  }

  /** It was not sent after all. */
  void withdraw(String codecMessageId) {
    sent.remove(codecMessageId);
  }

  /** Takes a message of the channel; what is to be done for it outside the lock. */
  List<Runnable> see(WireMessage message) {
    List<Runnable> done = new ArrayList<>();
    String codecMessageId = message.header(Header.CODEC_MESSAGE_ID);
    Steer mine = codecMessageId == null ? null : sent.remove(codecMessageId);
    if (mine != null && codecMessageId != null) {
      echoed.put(codecMessageId, mine);
      String serial = message.serial() == null ? "" : message.serial();
      done.add(() -> mine.published().complete(serial));
    }
    String runId = message.header(Header.RUN_ID);
    if (runId == null) {
      return done;
    }
    String stamp = message.header(Header.STEER_CODEC_MESSAGE_IDS);
    if (stamp != null && awaited(runId)) {
      consumed.computeIfAbsent(runId, id -> new HashSet<>()).addAll(ids(stamp));
    }
    if (message.event() == WireEvent.RUN_SUSPEND) {
      settle(runId, null, done);
    } else if (message.event() == WireEvent.RUN_END) {
      settle(runId, RunEndReason.of(message.header(Header.RUN_REASON)), done);
    }
    return done;
  }

  private boolean awaited(String runId) {
    return sent.values().stream().anyMatch(steer -> steer.runId().equals(runId))
        || echoed.values().stream().anyMatch(steer -> steer.runId().equals(runId));
  }

  /** The ids in a stamp; none when it cannot be read. */
  static List<String> ids(@Nullable String stamp) {
    List<String> ids = new ArrayList<>();
    for (Object id : JsonTree.asList(JsonTree.parseOrNull(stamp))) {
      if (id instanceof String text) {
        ids.add(text);
      }
    }
    return ids;
  }

  private void settle(String runId, @Nullable RunEndReason reason, List<Runnable> done) {
    Set<String> taken = consumed.getOrDefault(runId, Set.of());
    for (Iterator<Map.Entry<String, Steer>> each = echoed.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<String, Steer> entry = each.next();
      boolean isTaken = taken.contains(entry.getKey());
      if (entry.getValue().runId().equals(runId) && (isTaken || reason != null)) {
        each.remove();
        SteerResult.Outcome outcome = new SteerResult.Outcome(isTaken, reason);
        done.add(() -> entry.getValue().outcome().complete(outcome));
      }
    }
    if (reason == null) {
      return;
    }
    consumed.remove(runId);
    ended.addLast(runId);
    if (ended.size() > ENDED_MAX) {
      ended.removeFirst();
    }
    // what has not come back by the end of the run comes too late
    for (Iterator<Steer> each = sent.values().iterator(); each.hasNext(); ) {
      Steer steer = each.next();
      if (steer.runId().equals(runId)) {
        each.remove();
        done.add(
            () -> {
              steer.published().complete("");
              steer.outcome().complete(new SteerResult.Outcome(false, reason));
            });
      }
    }
  }

  /** Nothing more will be known of any. */
  List<Runnable> drain(SessionException why) {
    List<Runnable> done = new ArrayList<>();
    for (Steer steer : sent.values()) {
      done.add(
          () -> {
            steer.published().complete("");
            steer.outcome().completeExceptionally(why);
          });
    }
    echoed.values().forEach(steer -> done.add(() -> steer.outcome().completeExceptionally(why)));
    sent.clear();
    echoed.clear();
    consumed.clear();
    ended.clear();
    return done;
  }
}
