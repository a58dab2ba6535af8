package io.holdfast.server;

import io.holdfast.channels.Timers;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.server.RelayWire.Told;
import io.holdfast.server.RelayWire.Verdict;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Comet requests that came to other nodes and whose transport is here. */
final class CometGuests implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CometGuests.class);

  private static final int OPEN_MAX = 20_000;

  /** Of requests that are not whole yet. */
  private static final long UNREAD_BYTES_MAX = 64L << 20;

  private static final int UNREAD_MAX = 2_000;

  /** Those that were answered, as their clients may still hang up, or be told of twice. */
  private static final int REMEMBERED_MAX = 4_096;

  /** How long the last words of transports may take to the other nodes. */
  private static final long CLOSING_MS = 2_000;

  private final Nodes nodes;
  private final Insistence insistence;
  private final Executor executor;
  private final Consumer<Exchange> answers;

  // Guarded by this.
  private final Map<Name, Unread> unread = new HashMap<>();
  private final Map<Name, GuestExchange> open = new HashMap<>();
  private final Map<Name, GuestExchange> answered = new LinkedHashMap<>();
  private long unreadBytes;

  private record Name(String from, long id) {}

  /** A request of which there is more to come. */
  private static final class Unread {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int next;
  }

  /**
   * What other nodes ask of this one.
   *
   * @param executor runs what answers, off the nodes' thread
   * @param answers answers a request, or throws a {@link Refusal}
   */
  CometGuests(Nodes nodes, Timers timers, Executor executor, Consumer<Exchange> answers) {
    this.nodes = nodes;
    this.insistence = new Insistence(nodes, timers);
    this.executor = executor;
    this.answers = answers;
    nodes.answer(
        CometForwards.REQUESTS,
        (from, told) -> CompletableFuture.completedFuture(told(from, RelayWire.told(told))));
    nodes.onChange(this::changed);
  }

  private byte[] told(String from, Told told) {
    return switch (told) {
      case Told.Part part -> take(from, part).bytes();
      case Told.HungUp(long id) -> {
        hungUp(new Name(from, id));
        yield Verdict.TAKEN.bytes();
      }
      case Told.Leaving(long id) -> {
        GuestExchange guest = known(new Name(from, id));
        if (guest != null) {
          guest.leaving();
        }
        yield Verdict.TAKEN.bytes();
      }
      case Told.Still(List<Long> ids) ->
          RelayWire.ids(ids.stream().filter(id -> !isOpen(new Name(from, id))).toList());
    };
  }

  private synchronized boolean isOpen(Name name) {
    return open.containsKey(name);
  }

  private synchronized @Nullable GuestExchange known(Name name) {
    GuestExchange guest = open.get(name);
    return guest == null ? answered.get(name) : guest;
  }

  private synchronized Verdict take(String from, Told.Part part) {
    Name name = new Name(from, part.id());
    if (known(name) != null) {
      return Verdict.TAKEN;
    }
    Unread request = unread.get(name);
    if (request == null) {
      if (part.number() > 0) {
        return Verdict.UNKNOWN;
      }
      request = new Unread();
    }
    if (part.number() != request.next) {
      return part.number() < request.next ? Verdict.TAKEN : Verdict.UNKNOWN;
    }
    if (open.size() >= OPEN_MAX
        || unread.size() >= UNREAD_MAX
        || unreadBytes + part.bytes().length > UNREAD_BYTES_MAX) {
      forget(name);
      return Verdict.FULL;
    }
    request.next++;
    request.bytes.writeBytes(part.bytes());
    unreadBytes += part.bytes().length;
    unread.put(name, request);
    if (part.last()) {
      forget(name);
      begin(name, request.bytes.toByteArray());
    }
    return Verdict.TAKEN;
  }

  private synchronized void forget(Name name) {
    Unread gone = unread.remove(name);
    if (gone != null) {
      unreadBytes -= gone.bytes.size();
    }
  }

  private void begin(Name name, byte[] bytes) {
    GuestExchange guest = new GuestExchange(name.from, name.id, bytes, insistence, _ -> over(name));
    open.put(name, guest);
    executor.execute(() -> answer(guest));
  }

  private void answer(GuestExchange guest) {
    try {
      answers.accept(guest);
    } catch (Refusal refusal) {
      guest.answer(Response.fault(refusal.error()));
    } catch (RuntimeException e) {
      log.error("a request that another node passed on failed on a fault of ours", e);
      guest.answer(Response.fault(ErrorCode.INTERNAL.info()));
      guest.end();
    }
  }

  private synchronized void over(Name name) {
    GuestExchange guest = open.remove(name);
    if (guest != null) {
      answered.put(name, guest);
      if (answered.size() > REMEMBERED_MAX) {
        answered.remove(answered.keySet().iterator().next());
      }
    }
    notifyAll();
  }

  private void hungUp(Name name) {
    GuestExchange guest;
    synchronized (this) {
      forget(name);
      guest = known(name);
    }
    if (guest != null) {
      executor.execute(guest::drop);
    }
  }

  private void changed() {
    List<GuestExchange> lost;
    synchronized (this) {
      List.copyOf(unread.keySet()).stream()
          .filter(name -> !nodes.alive(name.from))
          .forEach(this::forget);
      lost = open.values().stream().filter(guest -> !nodes.alive(guest.boot())).toList();
    }
    lost.forEach(guest -> executor.execute(guest::drop));
  }

  /** Waits for what is answered to reach the other nodes. */
  @Override
  public synchronized void close() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSING_MS);
    try {
      for (long left = CLOSING_MS; !open.isEmpty() && left > 0; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
