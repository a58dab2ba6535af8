package io.holdfast.journalrocksdb;

import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalContract;
import io.holdfast.journal.Registry;
import io.holdfast.journal.RegistryContract;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract suites on RocksDB. */
class RocksContractTest {
  static RocksOptions options() {
    return RocksOptions.of(
        failure -> {
          throw new AssertionError(failure);
        });
  }

  @Nested
  class AsJournal extends JournalContract {
    @TempDir Path directory;
    private final Gate gate = new Gate();

    @Override
    protected Journal open() {
      return RocksStore.open(directory, options().withBeforeSync(gate)).journal();
    }

    @Override
    protected void holdCommits(boolean hold) {
      gate.shut(hold);
    }

    @Override
    protected boolean remembersDeletions() {
      return false;
    }
  }

  @Nested
  class AsRegistry extends RegistryContract {
    @TempDir Path directory;
    private @Nullable RocksStore store;

    @Override
    protected Registry open() {
      store = RocksStore.open(directory, options());
      return store.registry();
    }

    @Override
    protected void close() {
      if (store != null) {
        store.close();
      }
    }
  }
}
