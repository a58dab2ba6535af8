package io.holdfast.demoagent;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the agent has said, as files that tests compare with what people see. Written before it is
 * handed on, so that nothing can have been seen that is not in it.
 *
 * @param directory where the files go; null to write none
 */
record Transcript(@Nullable Path directory) {
  /** Adds to a run's text. */
  void add(String runId, String text) {
    Path into = directory;
    if (into == null) {
      return;
    }
    try {
      Files.createDirectories(into);
      // not through a channel: an interrupt would end the write, whose text may be there already
      File file = into.resolve(runId + ".txt").toFile();
      try (OutputStream out = new FileOutputStream(file, true)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the transcript cannot be written", e);
    }
  }
}
