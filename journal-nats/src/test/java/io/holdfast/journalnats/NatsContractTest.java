package io.holdfast.journalnats;

import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalContract;
import io.holdfast.journal.Registry;
import io.holdfast.journal.RegistryContract;
import io.holdfast.journal.Signals;
import io.holdfast.journal.SignalsContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract suites on real servers: one alone, and three that keep three copies. */
class NatsContractTest {
  /** What both have. */
  abstract static class OnServers extends JournalContract {
    private @Nullable NatsOptions options;

    abstract NatsServers servers();

    @Override
    protected Journal open() {
      if (options == null) {
        options = servers().options();
      }
      return NatsStore.open(options).journal();
    }

    @Override
    protected void holdCommits(boolean hold) {
      ((NatsJournal) journal).hold(hold);
    }
  }

  /** The same for the registry. */
  abstract static class RegistryOnServers extends RegistryContract {
    private @Nullable NatsOptions options;
    private @Nullable NatsStore store;

    abstract NatsServers servers();

    @Override
    protected Registry open() {
      if (options == null) {
        options = servers().options();
      }
      store = NatsStore.open(options);
      return store.registry();
    }

    @Override
    protected void close() {
      if (store != null) {
        store.close();
      }
    }
  }

  /** The same for signals; on three servers each has another one. */
  abstract static class SignalsOnServers extends SignalsContract {
    private final List<NatsStore> stores = new ArrayList<>();
    private @Nullable NatsOptions options;

    abstract NatsServers servers();

    @Override
    protected Signals open(int number) {
      if (options == null) {
        options = servers().options();
      }
      NatsStore store = NatsStore.open(servers().only(number, options));
      stores.add(store);
      return store.signals();
    }

    @Override
    protected void close(Signals signals) {
      stores.stream().filter(store -> store.signals().equals(signals)).forEach(NatsStore::close);
    }

    @AfterEach
    void closeAll() {
      stores.forEach(NatsStore::close);
    }
  }

  @Nested
  class SignalsOnOne extends SignalsOnServers {
    @Override
    NatsServers servers() {
      return one();
    }
  }

  @Nested
  class SignalsOnThree extends SignalsOnServers {
    @Override
    NatsServers servers() {
      return three();
    }
  }

  @Nested
  class RegistryOnOne extends RegistryOnServers {
    @Override
    NatsServers servers() {
      return one();
    }
  }

  @Nested
  class RegistryOnThree extends RegistryOnServers {
    @Override
    NatsServers servers() {
      return three();
    }
  }

  @Nested
  class OnOne extends OnServers {
    @Override
    NatsServers servers() {
      return one();
    }
  }

  @Nested
  class OnThree extends OnServers {
    @Override
    NatsServers servers() {
      return three();
    }
  }

  @TempDir static Path directory;
  private static @Nullable NatsServers one;
  private static @Nullable NatsServers three;

  @BeforeAll
  static void start() {
    one = NatsServers.fast(directory.resolve("one"), 1);
    three = NatsServers.fast(directory.resolve("three"), 3);
  }

  @AfterAll
  static void stop() {
    one().close();
    three().close();
  }

  private static NatsServers one() {
    return Objects.requireNonNull(one);
  }

  private static NatsServers three() {
    return Objects.requireNonNull(three);
  }
}
