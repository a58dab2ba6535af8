package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.journal.MemoryRegistry;
import io.holdfast.server.Settings.Invocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupTest {
  private @TempDir Path directory = Path.of("");

  private final SplittableRandom random = new SplittableRandom(3);
  private final MemoryRegistry registry = emptyRegistry();

  private static MemoryRegistry emptyRegistry() {
    return new MemoryRegistry(new MemoryJournal(new MemoryDisk(), () -> 1, Runnable::run));
  }

  private @Nullable ApiKey start(MemoryRegistry kept, String... args) {
    return switch (Settings.parse(args)) {
      case Invocation.Serve(Settings settings) -> new Setup(kept, random).apply(settings);
      case Invocation.Stop(int code, String text) -> throw new AssertionError(code + text);
    };
  }

  private ApiKey ownKey(MemoryRegistry kept) {
    ApiKey key = start(kept, "--data", directory.toString());
    if (key == null) {
      throw new AssertionError("no key was made");
    }
    return key;
  }

  @Test
  void withoutAKeyOneIsMadeAndKept() throws IOException {
    ApiKey made = ownKey(registry);
    assertEquals("default", made.app());
    Path file = directory.resolve("key");
    assertEquals(made.whole(), Files.readString(file).strip());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertNotNull(new Apps(registry).key(made.name()));
    assertEquals(made.whole(), ownKey(registry).whole());
    assertEquals(made.whole(), ownKey(emptyRegistry()).whole());
  }

  @Test
  void aGivenKeyIsUsedAndNoneIsMade() {
    assertNull(start(registry, "--data", directory.toString(), "--key", "app.k:secret"));
    assertFalse(Files.exists(directory.resolve("key")));
    ApiKey key = new Apps(registry).key("app.k");
    assertTrue(key != null && key.hasSecret("secret"));
  }

  @Test
  void aKeyGivenNoLongerStopsWorking() {
    start(registry, "--data", directory.toString(), "--key", "app.old:secret");
    start(registry, "--data", directory.toString(), "--key", "app.new:secret");
    assertNull(new Apps(registry).key("app.old"));
    assertNotNull(new Apps(registry).key("app.new"));
  }

  @Test
  void inMemoryNothingIsWritten() {
    ApiKey one = start(registry, "--journal", "memory");
    ApiKey two = start(emptyRegistry(), "--journal", "memory");
    assertNotEquals(one, two);
  }

  @Test
  void aKeyFileThatHoldsNoneIsSaid() throws IOException {
    Files.writeString(directory.resolve("key"), "nonsense");
    assertThrows(UncheckedIOException.class, () -> ownKey(registry));
  }
}
