package io.holdfast.fuzz;

import io.holdfast.protocol.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** What is fuzzed. */
enum Target {
  JSON(JsonFrames.class),
  MSGPACK(MsgpackFrames.class),
  CONVERSATIONS(Conversations.class);

  private final Class<?> type;

  Target(Class<?> type) {
    this.type = type;
  }

  Class<?> type() {
    return type;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  void run(byte[] input) {
    switch (this) {
      case JSON -> JsonFrames.fuzzerTestOneInput(input);
      case MSGPACK -> MsgpackFrames.fuzzerTestOneInput(input);
      case CONVERSATIONS -> Conversations.fuzzerTestOneInput(input);
    }
  }

  Map<String, byte[]> seeds() {
    return switch (this) {
      case JSON -> Seeds.frames(Format.JSON);
      case MSGPACK -> Seeds.frames(Format.MSGPACK);
      case CONVERSATIONS -> Seeds.conversations();
    };
  }

  void writeSeeds(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> seed : seeds().entrySet()) {
      Files.write(folder.resolve(seed.getKey()), seed.getValue());
    }
  }
}
