package io.holdfast.server;

import io.holdfast.journal.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings the registry to what the settings say. When nobody was given a key, the one in the data
 * directory's file {@code key} is used, or one is made and stored there for its owner alone to
 * read.
 */
final class Setup {
  private static final String APP = "default";

  private final Registry registry;
  private final Words words;

  /**
   * @param random where keys come from: a {@code SecureRandom} but for tests
   */
  Setup(Registry registry, RandomGenerator random) {
    this.registry = registry;
    this.words = new Words(random);
  }

  /** Writes it; returns the server's own key, to be printed, or null when others were given. */
  @Nullable ApiKey apply(Settings settings) {
    ApiKey own = settings.hasKey() ? null : ownKey(settings);
    new AppRecords(registry).apply((own == null ? settings : settings.with(own)).whole());
    return own;
  }

  private ApiKey ownKey(Settings settings) {
    Path data = settings.data();
    Path file = data == null ? null : data.resolve("key");
    try {
      if (file != null && Files.exists(file)) {
        return stored(file);
      }
      String app = settings.apps().isEmpty() ? APP : settings.apps().getFirst().id();
      ApiKey made =
          new ApiKey(
              app,
              words.word(Words.ID_LENGTH),
              words.word(Words.SECRET_LENGTH),
              Capability.ALL,
              false,
              Origin.MADE);
      if (file != null) {
        store(file, made);
      }
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("the key file " + file + " cannot be read or written", e);
    }
  }

  private static ApiKey stored(Path file) throws IOException {
    String text = Files.readString(file).strip();
    int dot = text.indexOf('.');
    int colon = text.indexOf(':');
    if (dot < 1 || colon < dot + 2 || colon == text.length() - 1) {
      throw new IOException("it does not hold APP.KEY:SECRET; delete it to have a new key made");
    }
    return new ApiKey(
        text.substring(0, dot),
        text.substring(dot + 1, colon),
        text.substring(colon + 1),
        Capability.ALL,
        false,
        Origin.MADE);
  }

  // Never seen half written, and never readable by others.
  private static void store(Path file, ApiKey key) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, ownerOnly());
    Files.writeString(fresh, key.whole() + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
