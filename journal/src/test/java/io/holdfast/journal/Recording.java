package io.holdfast.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A follower that keeps what it hears. */
public final class Recording implements Journal.Follower {
  private final List<StoredEntry> heard = new ArrayList<>();
  private final List<Long> deletions = new ArrayList<>();
  private @Nullable JournalException lost;

  @Override
  public synchronized void entry(StoredEntry entry) {
    heard.add(entry);
    notifyAll();
  }

  @Override
  public synchronized void deleted(long position) {
    if (!heard.isEmpty() && heard.getLast().position() > position) {
      throw new AssertionError("deleted at " + position + " after " + heard.getLast().position());
    }
    deletions.add(position);
    notifyAll();
  }

  @Override
  public synchronized void lost(JournalException why) {
    lost = why;
    notifyAll();
  }

  public synchronized List<StoredEntry> heard() {
    return List.copyOf(heard);
  }

  public synchronized List<StoredEntry> await(int count) {
    awaitUntil(() -> heard.size() >= count);
    return List.copyOf(heard);
  }

  public synchronized List<Long> deletions() {
    return List.copyOf(deletions);
  }

  public synchronized long awaitDeletion() {
    awaitUntil(() -> !deletions.isEmpty());
    return deletions.getLast();
  }

  public synchronized JournalException awaitLost() {
    awaitUntil(() -> lost != null);
    return Objects.requireNonNull(lost);
  }

  private synchronized void awaitUntil(BooleanSupplier met) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    try {
      while (!met.getAsBoolean()) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("heard " + heard.size() + ", lost " + lost);
        }
        wait(1000);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
