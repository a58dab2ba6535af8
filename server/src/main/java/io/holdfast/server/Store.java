package io.holdfast.server;

import io.holdfast.journal.Journal;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.journal.MemoryRegistry;
import io.holdfast.journal.Registry;
import io.holdfast.journal.Signals;
import io.holdfast.journalnats.NatsOptions;
import io.holdfast.journalnats.NatsStore;
import io.holdfast.journalrocksdb.RocksOptions;
import io.holdfast.journalrocksdb.RocksStats;
import io.holdfast.journalrocksdb.RocksStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The engine that was chosen: its journal and its registry. */
sealed interface Store extends AutoCloseable {
  Journal journal();

  Registry registry();

  /** How nodes on this engine reach one another; null for an engine that is one node's alone. */
  @Nullable Signals signals();

  /** Whether this node knows what is stored; one that does not is not ready. */
  boolean ready();

  /** What the engine counts; null when it counts nothing. */
  @Nullable RocksStats stats();

  /** Finishes the writes that were taken. May block. */
  @Override
  void close();

  static Store rocks(Path directory, RocksOptions options) {
    return new Rocks(RocksStore.open(directory, options));
  }

  static Store memory(Clock clock) {
    ExecutorService engine =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("journal").factory());
    MemoryJournal journal = new MemoryJournal(new MemoryDisk(), clock::millis, engine);
    return new Memory(journal, new MemoryRegistry(journal), engine);
  }

  /** On disk. */
  record Rocks(RocksStore store) implements Store {
    @Override
    public Journal journal() {
      return store.journal();
    }

    @Override
    public Registry registry() {
      return store.registry();
    }

    @Override
    public @Nullable Signals signals() {
      return null;
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public RocksStats stats() {
      return store.stats();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  static Store nats(NatsOptions options) {
    return new Nats(NatsStore.open(options));
  }

  /** On servers of their own. */
  record Nats(NatsStore store) implements Store {
    @Override
    public Journal journal() {
      return store.journal();
    }

    @Override
    public Registry registry() {
      return store.registry();
    }

    @Override
    public Signals signals() {
      return store.signals();
    }

    @Override
    public boolean ready() {
      return store.following();
    }

    @Override
    public @Nullable RocksStats stats() {
      return null;
    }

    @Override
    public void close() {
      store.close();
    }
  }

  /** Gone with the process. */
  record Memory(Journal journal, Registry registry, ExecutorService engine) implements Store {
    @Override
    public @Nullable Signals signals() {
      return null;
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public @Nullable RocksStats stats() {
      return null;
    }

    @Override
    public void close() {
      journal.close();
      engine.shutdown();
    }
  }
}
