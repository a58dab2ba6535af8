package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shortens a channel's log: first what has changed is written, with the manifest that says how far
 * the log goes back, and when that is durable the entries go. Of the channel's lane.
 */
final class Shortening {
  private static final Logger LOG = LoggerFactory.getLogger(Shortening.class);

  /** Not worth waiting for, bytes. */
  private static final int CHEAP = 8 * 1024;

  private static final int PAGE = 1_000;
  private static final int PAGE_BYTES = 1024 * 1024;

  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private final Storing storing;
  private final Journal journal;
  private final ChannelId id;

  /** Whether the entries up to where the manifest says are gone; a crash may have left some. */
  private boolean swept;

  Shortening(Channel handle, Services services, ChannelState state, Storing storing) {
    this.handle = handle;
    this.services = services;
    this.state = state;
    this.storing = storing;
    this.journal = services.journal();
    this.id = handle.id();
  }

  /** Writes what has changed and deletes the entries older than the resume horizon. */
  void compact() {
    if (state.end().position() <= storing.trimmed() || !storing.begin()) {
      return;
    }
    storing.refresh(
        () -> {
          long horizon = services.timers().now() - services.settings().resumeHorizon();
          long from = storing.trimmed();
          findTrim(new Trimming(from, from, from, 0), horizon);
        },
        storing::failed);
  }

  /**
   * A look for what can be trimmed.
   *
   * @param read how far the log was read
   * @param before the entry before {@code found}
   * @param found the newest that is old enough so far
   * @param bytes what the entries up to {@code before} take
   */
  private record Trimming(long read, long before, long found, long bytes) {}

  /**
   * Looks for the newest entry that is old enough and trims what stands before it. That one stays:
   * whoever was up to date within the horizon is at it or behind it, perhaps between its frames.
   */
  private void findTrim(Trimming so, long horizon) {
    handle.when(
        journal.read(id, so.read(), Direction.FORWARDS, PAGE, PAGE_BYTES),
        (entries, failure) -> {
          if (failure != null) {
            storing.failed(failure);
            return;
          }
          long previous = so.before();
          long old = so.found();
          long bytes = so.bytes();
          for (StoredEntry entry : entries) {
            if (entry.time() > horizon || entry.position() > state.end().position()) {
              trim(previous, bytes, horizon);
              return;
            }
            previous = old;
            old = entry.position();
            bytes += entry.bytes().length;
          }
          if (entries.isEmpty()) {
            trim(previous, bytes, horizon);
          } else {
            findTrim(new Trimming(entries.getLast().position(), previous, old, bytes), horizon);
          }
        });
  }

  /**
   * Trims if it is worth it: while a channel is written to, only once the entries that go take as
   * much as what is written anew each time, so that writing stays in proportion to what was sent.
   */
  private void trim(long through, long bytes, long horizon) {
    boolean busyChannel = state.lastSaid() > horizon;
    long cost = state.checkpointCost();
    if (through > storing.trimmed() && busyChannel && cost > CHEAP && bytes < cost) {
      storing.end();
    } else {
      trim(through);
    }
  }

  private void trim(long through) {
    if (through > storing.trimmed()) {
      storing.writeTrimmed(through, () -> delete(through));
    } else if (storing.named() > 0 && !swept) {
      delete(storing.named());
    } else {
      storing.end();
    }
  }

  private void delete(long through) {
    swept = true;
    handle.when(
        journal.trim(id, through),
        (nothing, failure) -> {
          storing.end();
          if (failure != null) {
            swept = false;
            LOG.warn("entries of {} could not be deleted; they will be later", id, failure);
          }
        });
  }
}
