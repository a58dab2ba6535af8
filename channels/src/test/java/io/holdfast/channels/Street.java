package io.holdfast.channels;

import io.holdfast.fold.RecordKind;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryHub;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.journal.MemorySignals;
import io.holdfast.journal.StoredEntry;
import io.holdfast.nodes.EntryForms;
import io.holdfast.nodes.NodeTimers;
import io.holdfast.nodes.Nodes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** One log with room for nodes side by side: each may lag behind the others, or be gone at once. */
public final class Street {
  public final World world = new World();
  private final MemoryJournal journal =
      new MemoryJournal(new MemoryDisk(), world::now, world.thread());
  private final MemoryHub hub =
      new MemoryHub(
          world.thread(),
          (ms, task) -> {
            var _ = world.after(ms, task);
          });
  private int boots;

  /** A place for another node, which the ones that are there know at once. */
  public Lot lot() {
    String boot = "boot" + boots++;
    MemorySignals signals = hub.join(boot);
    NodeTimers timers =
        new NodeTimers() {
          @Override
          public long now() {
            return world.now();
          }

          @Override
          public void after(long ms, Runnable task) {
            var _ = world.after(ms, task);
          }
        };
    Nodes nodes = new Nodes(signals, boot, timers, new EntryForms(1, 1));
    Lot lot = new Lot(nodes, signals, new Link(journal));
    world.run();
    return lot;
  }

  /** What a node has of the street. */
  public final class Lot {
    public final Nodes nodes;
    private final MemorySignals signals;
    private final Link link;

    private Lot(Nodes nodes, MemorySignals signals, Link link) {
      this.nodes = nodes;
      this.signals = signals;
      this.link = link;
    }

    /** The log that all share. */
    public Journal journal() {
      return link.journal();
    }

    /** What is stored does not come to the node until it is to catch up. */
    public void lag(boolean lags) {
      link.lags = lags;
      while (!lags && !link.late.isEmpty()) {
        link.late.poll().run();
      }
      world.run();
    }

    /** What the node stores is under way and does not reach the log until it is to. */
    public void stick(boolean sticks) {
      link.sticks = sticks;
      link.doubts = false;
      while (!sticks && !link.stuck.isEmpty()) {
        link.stuck.poll().run();
      }
      world.run();
    }

    /** As before, but the node is told at once that nobody knows what becomes of it. */
    public void doubt() {
      link.sticks = true;
      link.doubts = true;
    }

    /** What the node reads of the store is under way until it is to arrive, but for members. */
    public void membersFirst(boolean holds) {
      link.holds = holds;
      while (!holds && !link.held.isEmpty()) {
        link.held.poll().run();
      }
      world.run();
    }

    /** There is no room for what the node would store. */
    public void full(boolean full) {
      link.full = full;
    }

    /** The node can reach neither the log nor the others for a while. */
    public void cut(boolean cut) {
      signals.cut(cut);
      lag(cut);
    }

    /** The node was away for so long that the log gives its followers up. */
    public void lose() {
      link.late.clear();
      link.lags = false;
      JournalException why = new JournalException(JournalException.Reason.UNKNOWN, "away too long");
      List.copyOf(link.followers).forEach(follower -> follower.lost(why));
      world.run();
    }

    /** The node is gone: it says nothing, hears nothing and does nothing any more. */
    public void kill() {
      link.lags = true;
      link.dead = true;
      signals.crash();
    }
  }

  /** A node's way to the log. */
  private static final class Link {
    private final Journal real;
    private final Queue<Runnable> late = new ArrayDeque<>();
    private final List<Journal.Follower> followers = new ArrayList<>();
    private final Queue<Runnable> stuck = new ArrayDeque<>();
    private boolean lags;
    private boolean dead;
    private boolean sticks;
    private boolean doubts;
    private final Queue<Runnable> held = new ArrayDeque<>();
    private boolean holds;
    private boolean full;

    Link(Journal real) {
      this.real = real;
    }

    Journal journal() {
      return (Journal)
          Proxy.newProxyInstance(
              Journal.class.getClassLoader(),
              new Class<?>[] {Journal.class},
              (proxy, method, arguments) -> call(method, arguments));
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
      if (method.getName().equals("shared")) {
        return true;
      }
      if (dead) {
        throw new JournalException(JournalException.Reason.CLOSED, "the node is gone");
      }
      Object[] given = arguments;
      if (method.getName().equals("follow")) {
        given = arguments.clone();
        given[2] = late((Journal.Follower) arguments[2]);
      }
      if (holds && readsOthersThanMembers(method, arguments)) {
        Object answer = held(method, arguments);
        return answer;
      }
      if (method.getName().equals("append")) {
        Object appended = append(arguments);
        return appended;
      }
      try {
        Object answer = method.invoke(real, given);
        return method.getName().equals("delete") ? late((CompletableFuture<?>) answer) : answer;
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    private static boolean readsOthersThanMembers(Method method, Object[] arguments) {
      return method.getName().equals("manifest")
          || (method.getName().equals("get") && !arguments[1].equals(RecordKind.MEMBERS.code()));
    }

    private CompletableFuture<Object> held(Method method, Object[] arguments) {
      CompletableFuture<Object> answer = new CompletableFuture<>();
      held.add(
          () -> {
            try {
              var _ =
                  ((CompletableFuture<?>) method.invoke(real, arguments))
                      .thenAccept(answer::complete);
            } catch (ReflectiveOperationException e) {
              throw new IllegalStateException(e);
            }
          });
      return answer;
    }

    private CompletableFuture<Object> append(Object[] given) {
      if (full) {
        return CompletableFuture.failedFuture(
            new JournalException(JournalException.Reason.NO_SPACE, "no room"));
      }
      CompletableFuture<Journal.Appended> appended = new CompletableFuture<>();
      Runnable arrives =
          () -> {
            var _ =
                real.append((ChannelId) given[0], (byte[]) given[1], (String) given[2])
                    .whenComplete(
                        (at, failure) -> {
                          if (failure == null) {
                            appended.complete(at);
                          } else {
                            appended.completeExceptionally(failure);
                          }
                        });
          };
      if (sticks) {
        stuck.add(arrives);
        if (doubts) {
          return CompletableFuture.failedFuture(
              new JournalException(JournalException.Reason.UNKNOWN, "no answer"));
        }
      } else {
        arrives.run();
      }
      return late(appended);
    }

    /** Done once the followers were told, as the port has it. */
    private CompletableFuture<Object> late(CompletableFuture<?> appended) {
      CompletableFuture<Object> told = new CompletableFuture<>();
      var _ =
          appended.whenComplete(
              (at, failure) -> {
                Runnable tell =
                    () -> {
                      if (failure == null) {
                        told.complete(at);
                      } else {
                        told.completeExceptionally(failure);
                      }
                    };
                if (lags) {
                  late.add(tell);
                } else {
                  tell.run();
                }
              });
      return told;
    }

    private Journal.Follower late(Journal.Follower follower) {
      followers.add(follower);
      return new Journal.Follower() {
        @Override
        public void entry(StoredEntry entry) {
          if (lags) {
            late.add(() -> follower.entry(entry));
          } else {
            follower.entry(entry);
          }
        }

        @Override
        public void deleted(long position) {
          if (lags) {
            late.add(() -> follower.deleted(position));
          } else {
            follower.deleted(position);
          }
        }

        @Override
        public void lost(JournalException why) {
          follower.lost(why);
        }
      };
    }
  }
}
