package io.holdfast.demoagent;

import io.holdfast.client.Channel;
import io.holdfast.client.ChannelChange;
import io.holdfast.client.ChannelMode;
import io.holdfast.client.ChannelOptions;
import io.holdfast.client.ChannelState;
import io.holdfast.client.HoldfastException;
import io.holdfast.client.Json;
import io.holdfast.client.Member;
import io.holdfast.client.RealtimeClient;
import io.holdfast.client.Subscription;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.sessions.AgentSession;
import io.holdfast.sessions.SessionOptions;
import io.holdfast.sessions.UiChunk;
import io.holdfast.sessions.UiMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The agent in one session: there for everybody to see, and answering what it is asked. */
final class Room {
  private static final int PAGE = 1_000;
  private static final int MOST_RUNS = 20;
  private static final int CONTINUITY_LOST = 104006;
  private static final Duration LEAVES_WITHIN = Duration.ofMillis(2_500);

  /** An answer under way; {@code doing} is guarded by the room's lock. */
  private static final class Running {
    private final Answering answering;
    private String doing = "thinking";

    private Running(Answering answering) {
      this.answering = answering;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Equipment equipment;
  private final RealtimeClient client;
  private final AgentSession<UiChunk, UiMessage> session;
  private final Channel channel;
  private final Reach reach;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private volatile @Nullable Board board;

  // guarded by the lock
  private final Map<Job.Run, Running> running = new LinkedHashMap<>();
  private String told = "";
  private String otherwise = "idle";
  private Instant lastWanted;

  private Room(
      Equipment equipment, RealtimeClient client, AgentSession<UiChunk, UiMessage> session) {
    this.equipment = equipment;
    this.client = client;
    this.session = session;
    channel = session.channel();
    reach = new Reach(client.connection(), channel);
    lastWanted = equipment.clock().instant();
  }

  /** Enters the session's channel; blocks. */
  static Room open(Equipment equipment, RealtimeClient client, String channelName)
      throws InterruptedException {
    client.channel(
        channelName,
        ChannelOptions.DEFAULT.modes(
            ChannelMode.PRESENCE,
            ChannelMode.PUBLISH,
            ChannelMode.SUBSCRIBE,
            ChannelMode.PRESENCE_SUBSCRIBE,
            ChannelMode.OBJECT_SUBSCRIBE,
            ChannelMode.OBJECT_PUBLISH));
    AgentSession<UiChunk, UiMessage> session =
        AgentSession.open(
            client,
            channelName,
            new FirstAnswerCodec(),
            SessionOptions.defaults().historyPageSize(PAGE));
    Room room = new Room(equipment, client, session);
    boolean entered = false;
    try {
      room.enter();
      entered = true;
      return room;
    } finally {
      if (!entered) {
        room.detach();
      }
    }
  }

  private void enter() throws InterruptedException {
    session.onError(
        error -> {
          if (error.code() == CONTINUITY_LOST) {
            Main.say(channel.name() + ": " + error.message());
            interruptAll("The agent was cut off for too long to go on.");
          }
        });
    show().join();
    openBoard();
    // what could not be said while it was cut off
    subscriptions.add(channel.changes().listen(this::changed));
  }

  private void changed(ChannelChange change) {
    if (change.current() == ChannelState.ATTACHED) {
      lock.lock();
      try {
        told = "";
      } finally {
        lock.unlock();
      }
      showSoon();
    }
  }

  /** An agent that has no board still answers, as usual. */
  private void openBoard() throws InterruptedException {
    try {
      board = Board.open(channel.objects(), equipment.threads());
      // an agent that was killed is seen for a while; what it left is taken down when it is gone
      subscriptions.add(
          channel
              .presence()
              .subscribe(
                  member -> {
                    if (member.action() == PresenceAction.LEAVE) {
                      equipment.threads().newThread(this::sweep).start();
                    }
                  }));
      equipment.threads().newThread(this::sweep).start();
    } catch (HoldfastException e) {
      Main.say(channel.name() + ": no shared objects: " + e.getMessage());
    }
  }

  private void sweep() {
    Board swept = board;
    if (swept == null) {
      return;
    }
    try {
      Set<String> claimed = new HashSet<>();
      for (Member member : channel.presence().get()) {
        if (member.data() instanceof Map<?, ?> said && said.get("runs") instanceof List<?> runs) {
          runs.forEach(run -> claimed.add(String.valueOf(run)));
        }
      }
      claimed.addAll(runs());
      swept.sweep(claimed::contains);
    } catch (HoldfastException e) {
      // the next one who leaves has it swept again
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> runs() {
    lock.lock();
    try {
      return running.values().stream().map(each -> each.answering.runId()).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Somebody looks at this session. */
  void wanted() {
    lock.lock();
    try {
      lastWanted = equipment.clock().instant();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nobody has wanted anything here for so long, and nothing is going on. */
  boolean idleFor(Duration time) {
    lock.lock();
    try {
      return running.isEmpty() && lastWanted.plus(time).isBefore(equipment.clock().instant());
    } finally {
      lock.unlock();
    }
  }

  /** Whether a person is known to be here. */
  boolean hasPeople() {
    return channel.presence().known().stream()
        .anyMatch(
            member -> member.data() instanceof Map<?, ?> said && "person".equals(said.get("kind")));
  }

  /**
   * Does one job; blocks until it is done.
   *
   * @param taken is called once it is under way, or turned out to be another's
   */
  void answer(Job.Run job, Runnable taken) throws InterruptedException {
    Answering answering =
        new Answering(equipment, session, job, board, reach, doing -> does(job, doing));
    lock.lock();
    try {
      if (running.size() >= MOST_RUNS) {
        throw new IllegalStateException(
            MOST_RUNS + " answers are being written in this session already");
      }
      running.put(job, new Running(answering));
    } finally {
      lock.unlock();
    }
    try {
      // shown before it starts: nobody may take it for an answer without an agent
      show().join();
      boolean mine =
          answering.open(
              runId -> {
                if (othersHave(job, runId)) {
                  return false;
                }
                // a run that goes on has had its id before this one had the job
                showSoon();
                return true;
              });
      showSoon();
      taken.run();
      if (mine) {
        Answering.End end = answering.answer();
        lock.lock();
        try {
          otherwise = end == Answering.End.SUSPENDED ? "waiting for approval" : "idle";
        } finally {
          lock.unlock();
        }
      }
    } finally {
      lock.lock();
      try {
        running.remove(job);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      wanted();
      showSoon();
    }
  }

  private boolean othersHave(Job.Run job, String runId) {
    lock.lock();
    try {
      return running.entrySet().stream()
          .anyMatch(
              each ->
                  !each.getKey().equals(job) && each.getValue().answering.runId().equals(runId));
    } finally {
      lock.unlock();
    }
  }

  private void does(Job.Run job, String doing) {
    boolean news;
    lock.lock();
    try {
      Running own = running.get(job);
      news = own != null && !own.doing.equals(doing);
      if (own != null) {
        own.doing = doing;
      }
    } finally {
      lock.unlock();
    }
    if (news) {
      showSoon();
    }
  }

  private void showSoon() {
    CompletableFuture<?> _ = show().exceptionally(_ -> null);
  }

  /** Tells everybody what it does: that of its newest answer, if it has one. */
  private CompletableFuture<?> show() {
    lock.lock();
    try {
      List<Running> all = List.copyOf(running.values());
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("kind", "agent");
      data.put("name", equipment.name());
      data.put("instance", equipment.instance());
      data.put("doing", all.isEmpty() ? otherwise : all.getLast().doing);
      data.put("runs", all.stream().map(each -> each.answering.runId()).toList());
      String said = Json.write(data);
      if (said.equals(told)) {
        return CompletableFuture.completedFuture(null);
      }
      told = said;
      return channel
          .presence()
          .enterAsync(data)
          .whenComplete((_, failure) -> forget(said, failure));
    } finally {
      lock.unlock();
    }
  }

  private void forget(String said, @Nullable Throwable failure) {
    if (failure != null) {
      lock.lock();
      try {
        told = told.equals(said) ? "" : told;
      } finally {
        lock.unlock();
      }
    }
  }

  private void interruptAll(String why) {
    lock.lock();
    try {
      running.values().forEach(each -> each.answering.interrupt(why));
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is being written, saying why, waits until that is said, and leaves. */
  void leave(String why) throws InterruptedException {
    interruptAll(why);
    lock.lockInterruptibly();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(LEAVES_WITHIN.toMillis());
      while (!running.isEmpty() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
    detach();
    client.release(channel.name());
  }

  private void detach() {
    subscriptions.forEach(Subscription::close);
    reach.close();
    session.detach();
  }
}
