package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one run. A step may be tried more than once; the attempt that started last on the
 * channel counts, and what the others put out is not shown to anybody.
 */
final class StepLedger {
  private static final class Step {
    private final TreeSet<String> attempts = new TreeSet<>();
    private final TreeMap<String, String> starts = new TreeMap<>();
    private final Map<String, StepEndReason> ends = new HashMap<>();
    private @Nullable String newest;

    private boolean see(String stepStartSerial) {
      if (newest != null && newest.compareTo(stepStartSerial) >= 0) {
        return false;
      }
      newest = stepStartSerial;
      return true;
    }
  }

  private final Map<String, Step> steps = new HashMap<>();

  private Step step(String stepId) {
    return steps.computeIfAbsent(stepId, id -> new Step());
  }

  /** Takes a step's start or end; whether anything is different for it. */
  boolean add(WireMessage message) {
    String stepId = message.header(Header.STEP_ID);
    if (stepId == null) {
      return false;
    }
    if (message.event() == WireEvent.STEP_START) {
      String serial = message.serial();
      if (serial == null || step(stepId).starts.containsKey(serial)) {
        return false;
      }
      Step step = step(stepId);
      step.attempts.add(serial);
      step.starts.put(serial, message.extras().transport().getOrEmpty(Header.STEP_CLIENT_ID));
      step.see(serial);
      return true;
    }
    String start = message.header(Header.STEP_START_SERIAL);
    if (start == null || start.isEmpty()) {
      return false;
    }
    Step step = step(stepId);
    step.attempts.add(start);
    step.see(start);
    StepEndReason reason = StepEndReason.of(message.header(Header.STEP_REASON));
    return step.ends.put(start, reason) != reason;
  }

  /** That an attempt put something out, which proves it was started; whether that is newer. */
  boolean see(@Nullable String stepId, @Nullable String stepStartSerial) {
    return stepId != null && stepStartSerial != null && step(stepId).see(stepStartSerial);
  }

  /** Whether this belongs to an attempt that another has taken the place of. */
  boolean superseded(WireEntry entry) {
    String stepId = entry.stepId();
    String start = entry.stepStartSerial();
    Step step = stepId == null ? null : steps.get(stepId);
    return step != null && start != null && step.newest != null && !start.equals(step.newest);
  }

  /** The steps, in the order in which they were first started. */
  List<StepInfo> infos() {
    record Placed(String first, StepInfo info) {}
    List<Placed> placed = new ArrayList<>();
    steps.forEach(
        (stepId, step) -> {
          if (!step.attempts.isEmpty()) {
            Map.Entry<String, String> last = step.starts.lastEntry();
            StepInfo info =
                new StepInfo(
                    stepId,
                    last == null ? null : step.ends.get(last.getKey()),
                    step.attempts.size(),
                    last == null ? "" : last.getValue());
            placed.add(new Placed(step.attempts.first(), info));
          }
        });
    placed.sort(Comparator.comparing(Placed::first));
    return placed.stream().map(Placed::info).toList();
  }

  /** For whom the newest step works that says so; null when none does. */
  @Nullable String lastClientId() {
    List<StepInfo> infos = infos();
    for (int i = infos.size() - 1; i >= 0; i--) {
      if (!infos.get(i).stepClientId().isEmpty()) {
        return infos.get(i).stepClientId();
      }
    }
    return null;
  }

  void absorb(StepLedger other) {
    other.steps.forEach(
        (stepId, step) -> {
          Step mine = step(stepId);
          mine.attempts.addAll(step.attempts);
          mine.starts.putAll(step.starts);
          mine.ends.putAll(step.ends);
          if (step.newest != null) {
            mine.see(step.newest);
          }
        });
  }
}
