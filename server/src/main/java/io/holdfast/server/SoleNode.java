package io.holdfast.server;

import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.Registry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second node away from a journal that many can reach: what this server knows of
 * connections and presence is its own yet. A record in the registry is written again and again by
 * whoever holds it; who finds it standing still takes it, and who finds it taken ends.
 */
final class SoleNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SoleNode.class);
  private static final String KIND = "node";
  private static final String KEY = "sole";
  private static final long RENEWED_MS = 3_000;

  /** Longer than a holder is held up by the servers' choosing of a leader. */
  private static final long STANDING_STILL_MS = 12_000;

  private final Registry registry;
  private final SystemTimers timers;
  private final byte[] boot;
  private final Runnable onLost;
  private volatile boolean closed;

  private SoleNode(Registry registry, SystemTimers timers, String boot, Runnable onLost) {
    this.registry = registry;
    this.timers = timers;
    this.boot = boot.getBytes(StandardCharsets.UTF_8);
    this.onLost = onLost;
  }

  /**
   * Takes the journal, which may take a while after a node that was killed. Blocks.
   *
   * @param onLost runs when somebody else has it
   * @throws JournalException HELD
   */
  static SoleNode take(Registry registry, SystemTimers timers, String boot, Runnable onLost) {
    SoleNode node = new SoleNode(registry, timers, boot, onLost);
    Registry.Item held = registry.get(App.NOBODY, KIND, KEY).join();
    if (held != null && isRenewed(registry)) {
      throw held();
    }
    long version = held == null ? 0 : held.version();
    if (!registry.compareAndSet(App.NOBODY, KIND, KEY, version, node.boot).join()) {
      throw held();
    }
    node.renewLater();
    return node;
  }

  private static JournalException held() {
    return new JournalException(
        Reason.HELD,
        "another node works with this journal, and one at a time can; stop that one first");
  }

  private static boolean isRenewed(Registry registry) {
    log.info("another node had this journal; looking whether it is still there");
    CountDownLatch renewed = new CountDownLatch(1);
    Registry.Watcher watcher =
        new Registry.Watcher() {
          @Override
          public void changed(Registry.Item item) {
            if (item.kind().equals(KIND) && item.app().equals(App.NOBODY)) {
              renewed.countDown();
            }
          }

          @Override
          public void deleted(String app, String kind, String key) {}
        };
    try (Journal.Subscription _ = registry.follow(watcher)) {
      return renewed.await(STANDING_STILL_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void renewLater() {
    var _ = timers.after(RENEWED_MS, this::renew);
  }

  private void renew() {
    if (closed) {
      return;
    }
    var _ =
        registry
            .get(App.NOBODY, KIND, KEY)
            .thenCompose(
                item -> {
                  if (!isOurs(item)) {
                    lost();
                  }
                  long version = item == null ? 0 : item.version();
                  return registry.compareAndSet(App.NOBODY, KIND, KEY, version, boot);
                })
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    log.warn("it could not be written that this node is here; tried again");
                  }
                  renewLater();
                });
  }

  private boolean isOurs(Registry.@Nullable Item item) {
    return item != null && Arrays.equals(item.bytes(), boot);
  }

  private void lost() {
    if (!closed) {
      onLost.run();
    }
  }

  /** Leaves it to the next one at once. */
  @Override
  public void close() {
    closed = true;
    var item = registry.get(App.NOBODY, KIND, KEY).join();
    if (item != null && isOurs(item)) {
      var _ = registry.compareAndSet(App.NOBODY, KIND, KEY, item.version(), null).join();
    }
  }
}
