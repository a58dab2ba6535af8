package io.holdfast.server;

import io.holdfast.objects.Initial;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Stamp;
import io.holdfast.objects.Value;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.InitialValue;
import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.ObjectMessage;
import io.holdfast.protocol.ObjectRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the operations of a REST request into those that go to the log, which name the objects they
 * are for: paths are looked up in the objects as they stand when the request comes, each operation
 * seeing what those before it are about to do. What somebody else does meanwhile does not move the
 * target: the operations stay with the objects that were found.
 *
 * <p>An operation that comes with an id makes its new objects under the names they got when it came
 * first, so that a repetition is answered with them.
 */
final class ObjectPlan {
  /** More than this is not done by one request, however many places its paths lead to. */
  private static final int MAX_OPERATIONS = 1_000;

  /** Where the operations stand that are not in the log yet: after all that are. */
  private static final String SITE = "~";

  private final long now;
  private final Supplier<String> nonces;
  private final LongFunction<@Nullable ErrorInfo> tooLarge;
  private final List<Operation> operations = new ArrayList<>();
  private final Set<String> objectIds = new LinkedHashSet<>();
  private final ObjectPath.Budget budget = new ObjectPath.Budget();
  private Pool pool;
  private boolean mayBeRepeated;
  private long bytes;

  private ObjectPlan(
      Pool pool, long now, Supplier<String> nonces, LongFunction<@Nullable ErrorInfo> tooLarge) {
    this.pool = pool;
    this.now = now;
    this.nonces = nonces;
    this.tooLarge = tooLarge;
  }

  /**
   * Makes a plan, or refuses.
   *
   * @param pool the objects as they stand
   * @param now ms, for the ids of new objects
   * @param nonces make the ids of new objects differ
   * @param tooLarge why operations that count so many bytes are not taken; null if they are
   */
  static ObjectPlan of(
      List<ObjectRequest> requests,
      Pool pool,
      long now,
      Supplier<String> nonces,
      LongFunction<@Nullable ErrorInfo> tooLarge) {
    ObjectPlan plan = new ObjectPlan(pool, now, nonces, tooLarge);
    requests.forEach(plan::add);
    return plan;
  }

  /** Whether a plan for them depends on the objects as they stand. */
  static boolean looksUp(List<ObjectRequest> requests) {
    return requests.stream().anyMatch(r -> r.path() != null || (r.id() != null && makes(r)));
  }

  private static boolean makes(ObjectRequest request) {
    return request.objectId() == null && kindMade(request.operation()) != null;
  }

  List<Operation> operations() {
    return List.copyOf(operations);
  }

  /**
   * The operations as they are sent.
   *
   * @param id what their ids have in common; null for none
   */
  List<ObjectMessage> messages(@Nullable String id) {
    List<ObjectMessage> messages = new ArrayList<>(operations.size());
    for (Operation operation : operations) {
      String own = id == null || operations.size() == 1 ? id : id + ":" + messages.size();
      messages.add(new ObjectMessage(own, null, null, null, 0, operation, null, null, 0, null));
    }
    return messages;
  }

  /** The objects they change, new ones before the maps that they are put into. */
  List<String> objectIds() {
    return List.copyOf(objectIds);
  }

  /** Whether there are new objects that a request of the same id may have made just now. */
  boolean mayBeRepeated() {
    return mayBeRepeated;
  }

  /** The same, under the names that the objects have now that the request has been carried out. */
  List<String> objectIds(Pool after) {
    return objectIds.stream().map(id -> after.get(id) == null ? first(after, id) : id).toList();
  }

  // ---- one request ----

  private void add(ObjectRequest request) {
    String id = request.objectId();
    ObjectType made = kindMade(request.operation());
    if (id != null && request.path() != null) {
      throw invalid("an operation is for an objectId or for a path");
    }
    if (made == null) {
      if (id != null) {
        add(request.operation());
      } else {
        change(request, path(request));
      }
    } else if (id != null) {
      add(named(request, id, made));
    } else if (request.path() == null) {
      add(create(request, 0));
    } else {
      createAt(request, path(request));
    }
  }

  private static ObjectPath path(ObjectRequest request) {
    String path = request.path();
    if (path == null) {
      throw new Refusal(ErrorCode.OBJECT_NOT_NAMED.info());
    }
    return ObjectPath.of(path);
  }

  private void add(Operation operation) {
    if (operations.size() >= MAX_OPERATIONS) {
      throw new Refusal(
          ErrorCode.TOO_MANY_MESSAGES.info(
              "one request makes at most " + MAX_OPERATIONS + " operations on shared objects"));
    }
    // at once, as a path may lead a large value to many places
    bytes += MessageSize.of(operation);
    ErrorInfo fault = tooLarge.apply(bytes);
    if (fault != null) {
      throw new Refusal(fault);
    }
    Stamp stamp = new Stamp(SITE + "%06d".formatted(operations.size()), SITE, now);
    operations.add(operation);
    objectIds.add(operation.objectId());
    pool = pool.apply(operation, stamp);
  }

  // ---- what is there ----

  private void change(ObjectRequest request, ObjectPath path) {
    for (String id : targets(path, path, kindChanged(request.operation()))) {
      add(request.on(id));
    }
  }

  /** The objects of a kind at a path. Where it forks, those of other kinds are passed over. */
  private List<String> targets(ObjectPath path, ObjectPath asked, ObjectType kind) {
    Set<Value> found = path.from(pool, ObjectId.ROOT, budget);
    if (found.isEmpty()) {
      throw new Refusal(ErrorCode.NO_OBJECT_AT_PATH.info("nothing is at " + path(path, asked)));
    }
    List<String> fit = new ArrayList<>();
    for (Value value : found) {
      SharedObject object = ObjectPath.object(pool, value);
      if (object != null
          && kind == (object instanceof MapObject ? ObjectType.MAP : ObjectType.COUNTER)) {
        fit.add(object.id());
      }
    }
    if (fit.isEmpty()) {
      throw new Refusal(
          ErrorCode.OBJECT_PATH_UNFIT.info(
              "no "
                  + (kind == ObjectType.MAP ? "map" : "counter")
                  + " is at "
                  + path(path, asked)));
    }
    return fit;
  }

  private static String path(ObjectPath path, ObjectPath asked) {
    return path.steps().size() == asked.steps().size()
        ? asked.quoted()
        : "the place before the last key of " + asked.quoted();
  }

  // ---- what is new ----

  private void createAt(ObjectRequest request, ObjectPath path) {
    if (path.steps().isEmpty() || path.steps().getLast().any()) {
      throw new Refusal(
          ErrorCode.OBJECT_PATH_UNFIT.info("a new object is put under a key, which ends its path"));
    }
    String key = path.steps().getLast().key();
    int index = 0;
    for (String parent : targets(path.parent(), path, ObjectType.MAP)) {
      Operation create = create(request, index++);
      add(create);
      add(new Operation.MapSet(parent, key, new Value.Reference(create.objectId())));
    }
  }

  /** A creation under an id that proves it. */
  private Operation create(ObjectRequest request, int index) {
    String id = request.id();
    String nonce = id == null ? nonces.get() : id + "/" + index;
    if (request.operation() instanceof Operation.MapCreate create) {
      Initial initial = new Initial(InitialValue.ofMap(create.entries()), nonce);
      String made = made(ObjectType.MAP, initial, id != null);
      return new Operation.MapCreate(made, create.entries(), initial);
    }
    if (request.operation() instanceof Operation.CounterCreate create) {
      Initial initial = new Initial(InitialValue.ofCounter(create.count()), nonce);
      String made = made(ObjectType.COUNTER, initial, id != null);
      return new Operation.CounterCreate(made, create.count(), initial);
    }
    throw new IllegalStateException("this creates nothing");
  }

  private String made(ObjectType type, Initial initial, boolean again) {
    String fresh = ObjectId.of(type, initial, now).toString();
    mayBeRepeated |= again;
    return again ? first(pool, fresh) : fresh;
  }

  /** The id of an object made from the same as this one's, at any time; else this one. */
  private static String first(Pool pool, String id) {
    String made = id.substring(0, id.indexOf('@') + 1);
    String[] found = {id};
    pool.objects()
        .forEachAfter(
            made,
            (other, object) -> {
              boolean same = other.startsWith(made);
              if (same && !object.head().deleted()) {
                found[0] = other;
                return false;
              }
              return same;
            });
    return found[0];
  }

  /** A creation under an id of the client's, which comes with what it was made from. */
  private static Operation named(ObjectRequest request, String id, ObjectType made) {
    Initial proof = request.proof();
    ObjectId name = ObjectId.parse(id);
    if (proof == null || name == null || name.type() != made || !name.proves(proof)) {
      throw invalid("the objectId is not made from the initial value and a nonce");
    }
    return switch (request.operation()) {
      case Operation.MapCreate create -> new Operation.MapCreate(id, create.entries(), proof);
      case Operation.CounterCreate create -> new Operation.CounterCreate(id, create.count(), proof);
      case Operation.MapSet other -> other;
      case Operation.MapRemove other -> other;
      case Operation.MapClear other -> other;
      case Operation.CounterInc other -> other;
      case Operation.ObjectDelete other -> other;
      case Operation.Unknown other -> other;
    };
  }

  private static Refusal invalid(String detail) {
    return new Refusal(ErrorCode.INVALID_OBJECT_MESSAGE.info(detail));
  }

  // ---- kinds ----

  /** The kind of object that an operation creates; null if it creates none. */
  private static @Nullable ObjectType kindMade(Operation operation) {
    return switch (operation) {
      case Operation.MapCreate o -> ObjectType.MAP;
      case Operation.CounterCreate o -> ObjectType.COUNTER;
      case Operation.MapSet o -> null;
      case Operation.MapRemove o -> null;
      case Operation.MapClear o -> null;
      case Operation.CounterInc o -> null;
      case Operation.ObjectDelete o -> null;
      case Operation.Unknown o -> null;
    };
  }

  private static ObjectType kindChanged(Operation operation) {
    return operation instanceof Operation.CounterInc ? ObjectType.COUNTER : ObjectType.MAP;
  }
}
