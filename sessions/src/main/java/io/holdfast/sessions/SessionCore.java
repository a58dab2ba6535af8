package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What agents' and people's sessions have in common: one channel, the tree of what it says, and a
 * lock that guards all of it. Application code is never called while the lock is held.
 */
final class SessionCore<O, M> {
  /** Of the inputs that an invocation may name the newest are remembered, so many. */
  private static final int INPUTS_MAX = 1_000;

  /**
   * An input as it was published.
   *
   * @param clientId who published it, as the server stamped it
   */
  record Located(TransportHeaders headers, @Nullable String clientId) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Located> inputs = new HashMap<>();

  /** The same inputs by their place on the channel: history is read backwards, so they come so. */
  private final TreeMap<String, String> inputsBySerial = new TreeMap<>();

  /** Inputs that somebody looks for, and how many do; they are kept however old they are. */
  private final Map<String, Integer> expected = new HashMap<>();

  private final CopyOnWriteArrayList<View<M>> views = new CopyOnWriteArrayList<>();
  private final Listeners<ErrorInfo> errors;
  private final Dispatcher dispatcher;
  private final SessionChannel channel;
  private final Codec<O, M> codec;
  private final Surroundings surroundings;
  private final Ids ids;
  private final int pageSize;
  private Tree<M> tree;
  private Hydrator hydrator;
  private boolean open;
  private volatile boolean closed;

  SessionCore(SessionChannel channel, Codec<O, M> codec, Surroundings surroundings, int pageSize) {
    if (pageSize < 1) {
      throw SessionError.INVALID_ARGUMENT.because("A page of " + pageSize + " messages has none");
    }
    this.channel = channel;
    this.codec = codec;
    this.surroundings = surroundings;
    this.pageSize = pageSize;
    ids = new Ids(surroundings.random());
    dispatcher = new Dispatcher(surroundings.executor());
    errors = new Listeners<>(dispatcher);
    tree = new Tree<>(codec);
    hydrator = new Hydrator(channel, pageSize, true, surroundings.timers());
  }

  /** Listens and attaches, unless that is done. */
  void open(SessionChannel.Listener listener) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (closed) {
        throw SessionError.SESSION_CLOSED.because("The session is closed and cannot be opened");
      }
      if (open) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      channel.open(listener);
    } catch (SessionException e) {
      throw e;
    } catch (RuntimeException e) {
      SessionException failure =
          SessionError.SUBSCRIPTION_FAILED.because("The channel could not be attached", e);
      errors.tell(failure.error());
      throw failure;
    }
    locked(() -> open = true);
  }

  /** Nothing works without {@link #open}, and nothing after {@link #close}. */
  void requireOpen(String what) {
    lock.lock();
    try {
      if (closed) {
        throw SessionError.SESSION_CLOSED.because("The session is closed and cannot " + what);
      }
      if (!open) {
        throw SessionError.INVALID_ARGUMENT.because(
            "The session is not connected and cannot " + what);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether this call closed it. */
  boolean close() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      closed = true;
      forgetInputs();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    views.forEach(View::close);
    channel.close();
    return true;
  }

  boolean closed() {
    return closed;
  }

  // --- under the lock ---

  void locked(Runnable task) {
    lock.lock();
    try {
      task.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this holds, asked under the lock. */
  boolean holds(BooleanSupplier condition) {
    lock.lock();
    try {
      return condition.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /** Wakes who waits; the lock is held. */
  void signal() {
    changed.signalAll();
  }

  /**
   * Waits until this holds, asked under the lock whenever something changes.
   *
   * @param timeout null to wait as long as it takes
   * @return whether it holds; false when the time was up or the session was closed
   */
  boolean await(BooleanSupplier holds, @Nullable Duration timeout) throws InterruptedException {
    boolean[] late = new boolean[1];
    Surroundings.Running timer =
        timeout == null
            ? null
            : surroundings.timers().schedule(timeout, () -> locked(() -> late[0] = true));
    lock.lockInterruptibly();
    try {
      while (!holds.getAsBoolean()) {
        if (late[0] || closed) {
          return false;
        }
        changed.await();
      }
      return true;
    } finally {
      lock.unlock();
      if (timer != null) {
        timer.close();
      }
    }
  }

  /** Applies a message; what must happen with it at once is done before anybody is woken. */
  void apply(WireMessage message, boolean live, Consumer<Tree.Applied<M>> then) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (message.event() == WireEvent.INPUT) {
        remember(message);
      }
      long shape = tree.shape().version();
      Tree.Applied<M> applied = tree.apply(message);
      if (live && tree.shape().version() != shape) {
        views.forEach(View::shapeChanged);
      }
      then.accept(applied);
      changed.signalAll();
      if (applied.changed()) {
        views.forEach(View::tell);
      }
    } finally {
      lock.unlock();
    }
  }

  private void remember(WireMessage input) {
    String eventId = input.header(Header.EVENT_ID);
    String serial = input.serial();
    if (eventId == null || serial == null || inputs.containsKey(eventId)) {
      return;
    }
    inputs.put(eventId, new Located(input.extras().transport(), input.clientId()));
    inputsBySerial.put(serial, eventId);
    for (Iterator<String> oldest = inputsBySerial.values().iterator();
        inputs.size() > INPUTS_MAX && oldest.hasNext(); ) {
      String event = oldest.next();
      if (!expected.containsKey(event)) {
        inputs.remove(event);
        oldest.remove();
      }
    }
  }

  private void forgetInputs() {
    inputs.clear();
    inputsBySerial.clear();
  }

  /** The input of this event, if it was seen; the lock is held. */
  @Nullable Located located(String eventId) {
    return inputs.get(eventId);
  }

  /** Keeps the input of this event, once it is seen, until as many have called the other. */
  void expect(String eventId) {
    locked(() -> expected.merge(eventId, 1, Integer::sum));
  }

  /** Nobody waits for this input any more. */
  void expectNoMore(String eventId) {
    locked(() -> expected.computeIfPresent(eventId, (id, many) -> many == 1 ? null : many - 1));
  }

  /**
   * Throws away what is known: there may be gaps in it. It is loaded again from the newest message
   * back, and not from where the channel was attached: what came since then is thrown away too.
   */
  void startOver() {
    locked(
        () -> {
          tree = new Tree<>(codec);
          forgetInputs(); // or a run would be given its place by a message that nobody knows
          hydrator = new Hydrator(channel, pageSize, false, surroundings.timers());
        });
  }

  /**
   * Reads history from the newest message back to what is known and can have changed: the newest
   * message there is, or the first of a run that is still under way.
   */
  void repair(Consumer<WireMessage> each) throws InterruptedException {
    @Nullable String floor;
    lock.lock();
    try {
      floor = tree.settledThrough();
    } finally {
      lock.unlock();
    }
    if (floor == null && !hydrator().begun()) {
      return;
    }
    Hydrator gap = new Hydrator(channel, pageSize, false, surroundings.timers());
    AtomicBoolean reached = new AtomicBoolean();
    boolean more = true;
    while (more && !reached.get()) {
      more =
          gap.next(
              () -> closed,
              page -> {
                new ArrayList<>(page).reversed().forEach(each);
                String oldest = page.isEmpty() ? null : page.getLast().serial();
                reached.set(oldest != null && floor != null && oldest.compareTo(floor) <= 0);
              });
    }
  }

  /** Lets go of nodes; whoever wants them again loads them from the newest message back. */
  void forget(Set<String> keys) {
    locked(
        () -> {
          tree.forget(keys);
          inputs
              .values()
              .removeIf(
                  input -> keys.contains(input.headers().getOrEmpty(Header.CODEC_MESSAGE_ID)));
          inputsBySerial.values().retainAll(inputs.keySet());
          hydrator = new Hydrator(channel, pageSize, false, surroundings.timers());
        });
  }

  /** Loads the next older page; whether there was one. */
  boolean loadPage(Consumer<Tree.Applied<M>> each, BooleanSupplier enough)
      throws InterruptedException {
    Hydrator current = hydrator();
    return current.next(
        enough,
        page -> {
          List<WireMessage> oldestFirst = new ArrayList<>(page).reversed();
          lock.lock();
          try {
            if (current == hydrator) {
              oldestFirst.forEach(message -> apply(message, false, each));
            }
          } finally {
            lock.unlock();
          }
        });
  }

  // --- what it is made of ---

  Tree<M> tree() {
    return tree;
  }

  Hydrator hydrator() {
    lock.lock();
    try {
      return hydrator;
    } finally {
      lock.unlock();
    }
  }

  SessionChannel channel() {
    return channel;
  }

  Codec<O, M> codec() {
    return codec;
  }

  Ids ids() {
    return ids;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Listeners<ErrorInfo> errors() {
    return errors;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  void add(View<M> view) {
    views.add(view);
  }

  void remove(View<M> view) {
    views.remove(view);
  }

  List<View<M>> views() {
    return views;
  }
}
