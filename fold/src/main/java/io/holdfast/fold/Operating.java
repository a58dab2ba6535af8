package io.holdfast.fold;

import io.holdfast.objects.Fault;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Stamp;
import io.holdfast.objects.Sweep;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.MessageSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the fold does to shared objects: a batch of operations whole or not at all. */
final class Operating {
  /** Objects deleted by one {@link Part.Collect}; the others are by the next. */
  private static final int MAX_DELETES = 1_000;

  /** What an operation takes in a record beyond what it counts, bytes. */
  private static final int OVERHEAD = 150;

  /** Orphans are looked for so much sooner than they may be deleted. */
  private static final int SOONER = 8;

  /** Behind every serial, and of a site of its own. */
  private static final String LATEST = "~";

  private Operating() {}

  /** What became of a batch. */
  sealed interface Outcome {
    record Done(Event.Operated event) implements Outcome {}

    record Refused(ErrorInfo error) implements Outcome {}
  }

  static Outcome operate(
      Shared shared, Part.Operate part, Cursor cursor, long time, FoldLimits limits) {
    Pool before = shared.pool();
    Pool after = before;
    boolean garbage = false;
    long bytes = 0;
    for (int i = 0; i < part.acts().size(); i++) {
      Operation operation = part.acts().get(i).operation();
      Fault fault = after.fault(operation);
      if (fault != null) {
        return new Outcome.Refused(Refusals.operation(fault, operation));
      }
      garbage |= after.mayLeaveGarbage(operation);
      bytes += MessageSize.of(operation) + OVERHEAD;
      after = after.apply(operation, Complete.stamp(cursor, i, time));
    }
    ErrorInfo over = oversize(before, after, limits);
    if (over != null) {
      return new Outcome.Refused(over);
    }
    long sweep = shared.upkeep().sweepFrom();
    long soon = time + limits.objectGrace() / SOONER;
    long next = garbage && (sweep == 0 || sweep > soon) ? soon : sweep;
    shared.operated(after, new Upkeep(time, next), bytes, cursor.position());
    return new Outcome.Done(Complete.operated(part, cursor, time));
  }

  /** What would be refused, told early: not by what comes before it and is not applied yet. */
  static @Nullable ErrorInfo judge(Pool pool, Part.Operate part, FoldLimits limits) {
    long bytes = 0;
    for (Part.Act act : part.acts()) {
      Fault fault = pool.fault(act.operation());
      if (fault != null) {
        return Refusals.operation(fault, act.operation());
      }
      bytes += MessageSize.of(act.operation());
    }
    int limit = limits.maxObjectBytes();
    // exactly only where it comes close, as it is done once more when it is applied
    if (pool.size() + bytes + (long) part.acts().size() * MapObject.ENTRY_OVERHEAD <= limit) {
      return null;
    }
    Pool after = pool;
    for (int i = 0; i < part.acts().size(); i++) {
      after =
          after.apply(
              part.acts().get(i).operation(), new Stamp(LATEST + (char) ('0' + i), LATEST, 0));
    }
    return oversize(pool, after, limits);
  }

  /** Whether operations make too much of the objects. What makes them smaller always may. */
  static @Nullable ErrorInfo oversize(Pool before, Pool after, FoldLimits limits) {
    int limit = limits.maxObjectBytes();
    return after.size() > limit && after.size() > before.size()
        ? Refusals.tooManyObjects(limit)
        : null;
  }

  static Event.Operated collect(
      Shared shared, Part.Collect part, Cursor cursor, long time, FoldLimits limits) {
    Upkeep upkeep = shared.upkeep();
    long grace = limits.objectGrace();
    Sweep sweep = shared.pool().sweep(time, grace, MAX_DELETES);
    boolean over = upkeep.expired(part.retention(), time);
    List<Operation> operations = over ? everything(sweep.pool()) : deletes(sweep.due());
    Pool after = sweep.pool();
    for (int i = 0; i < operations.size(); i++) {
      after = after.apply(operations.get(i), Complete.stamp(cursor, i, time));
    }
    // of what has expired there may be more than is deleted at once, and then it is not over
    boolean done = over && operations.size() < MAX_DELETES;
    long next = over ? after.sweep(time, grace, 1).next() : sweep.next();
    Upkeep left = new Upkeep(done ? 0 : upkeep.usedAt(), next);
    shared.operated(after, left, (long) operations.size() * OVERHEAD, cursor.position());
    return Complete.operated(part.id(), operations, cursor, time);
  }

  private static List<Operation> deletes(List<String> ids) {
    List<Operation> operations = new ArrayList<>(ids.size());
    ids.forEach(id -> operations.add(new Operation.ObjectDelete(id)));
    return operations;
  }

  /** What ends all objects but the root, and leaves that empty. */
  private static List<Operation> everything(Pool pool) {
    List<Operation> operations = new ArrayList<>();
    if (!pool.root().entries().isEmpty()) {
      operations.add(new Operation.MapClear(ObjectId.ROOT));
    }
    pool.objects()
        .forEachAfter(
            null,
            (id, object) -> {
              if (!object.head().deleted() && !id.equals(ObjectId.ROOT)) {
                operations.add(new Operation.ObjectDelete(id));
              }
              return operations.size() < MAX_DELETES;
            });
    return operations;
  }
}
