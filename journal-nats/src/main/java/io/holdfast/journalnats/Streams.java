package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.api.ServerInfo;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The streams: made with the settings below where they are missing, and looked at where they are
 * there. What would lose or mix up data is refused; what makes it less durable is said.
 */
final class Streams {
  /** Reads in batches and times of life of a message are from then. */
  static final String OLDEST = "2.11";

  static final String RECOMMENDED = "2.15.3";

  private static final long MAX_PAYLOAD_MIN = 2L << 20;

  /** Longer than anything is sent again, and at most two minutes: each id takes memory. */
  private static final long DEDUPE_NS = 60_000_000_000L;

  private static final int EXISTS_OTHERWISE = 10_058;
  private static final int NO_REPLICAS = 10_074;
  private static final int NO_PEERS = 10_005;

  /** Servers that start together take a while to hear of one another. */
  private static final long PEERS_WITHIN_MS = 30_000;

  private static final long PEERS_AGAIN_MS = 250;
  private static final int NOT_ENABLED = 10_076;
  private static final int NOT_ENABLED_FOR_ACCOUNT = 10_039;

  private final Api api;
  private final Subjects subjects;
  private final NatsOptions options;
  private final EngineThread engine;

  Streams(Api api, Subjects subjects, NatsOptions options, EngineThread engine) {
    this.api = api;
    this.engine = engine;
    this.subjects = subjects;
    this.options = options;
  }

  /** Refuses a server that cannot do what is needed. */
  static void check(ServerInfo server) {
    String version = server.getVersion();
    if (number(version) < number(OLDEST)) {
      throw new JournalException(
          Reason.UNREADABLE,
          ("The NATS server is version %s, which is too old: it must be %s or later, and %s is"
                  + " recommended. A package of the system may be older; a current one is at"
                  + " https://nats.io/download")
              .formatted(version, OLDEST, RECOMMENDED));
    }
    if (!server.isJetStreamAvailable()) {
      throw new JournalException(
          Reason.UNREADABLE,
          "The NATS server runs without JetStream; start it with a jetstream block and a store_dir");
    }
    if (server.getMaxPayload() < MAX_PAYLOAD_MIN) {
      throw new JournalException(
          Reason.UNREADABLE,
          "The NATS server takes messages of %d bytes; set max_payload to 8MB, at least 2MB"
              .formatted(server.getMaxPayload()));
    }
  }

  /** 2.11.3-RC.1 as 2011. */
  static int number(String version) {
    String[] parts = version.split("[.\\-+]", 3);
    try {
      return Integer.parseInt(parts[0]) * 1_000 + Integer.parseInt(parts[1]);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return 0;
    }
  }

  /** Makes or looks at both; tells what makes them less durable than promised. */
  CompletableFuture<List<String>> ready() {
    List<String> weak = new ArrayList<>();
    return ready(subjects.stream(), journal(), weak)
        .thenCompose(_ -> ready(subjects.registryStream(), registry(), weak))
        .thenApply(_ -> List.copyOf(weak));
  }

  private String journal() {
    return config(
        subjects.stream(),
        subjects.all(),
        -1,
        subjects.allEntries(),
        subjects.live(),
        "\"holdfast.shards\":\"0-" + (Subjects.SHARDS - 1) + "\"");
  }

  private String registry() {
    return config(
        subjects.registryStream(),
        subjects.registry(),
        1,
        subjects.registry(),
        subjects.registryLive(),
        "\"holdfast.registry\":\"1\"");
  }

  private String config(
      String name, String claim, int perSubject, String source, String live, String metadata) {
    return """
        {"name":"%s","subjects":["%s"],"retention":"limits","storage":"file","discard":"new",\
        "max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0,"max_msg_size":-1,\
        "max_msgs_per_subject":%d,"num_replicas":%d,"duplicate_window":%d,"allow_direct":true,\
        "allow_rollup_hdrs":true,"allow_msg_ttl":true,"deny_delete":false,"deny_purge":false,\
        "republish":{"src":"%s","dest":"%s"},"metadata":{"holdfast.format":"1",%s}}"""
        .formatted(name, claim, perSubject, options.replicas(), DEDUPE_NS, source, live, metadata);
  }

  private CompletableFuture<Void> ready(String stream, String config, List<String> weak) {
    return api.call("STREAM.INFO." + stream, "")
        .thenCompose(
            found ->
                found.error() == Api.NO_STREAM
                    ? create(stream, config, engine.now() + PEERS_WITHIN_MS)
                    : CompletableFuture.completedFuture(found))
        .thenAccept(
            info -> look(stream, JsonValueUtils.readObject(info(stream, info), "config"), weak));
  }

  private CompletableFuture<Api.Answer> create(String stream, String config, long until) {
    return api.call("STREAM.CREATE." + stream, config)
        .thenCompose(
            made -> {
              if (made.error() == EXISTS_OTHERWISE) {
                return api.call("STREAM.INFO." + stream, "");
              }
              return made.error() == NO_PEERS && engine.now() < until
                  ? createLater(stream, config, until)
                  : CompletableFuture.completedFuture(made);
            });
  }

  private CompletableFuture<Api.Answer> createLater(String stream, String config, long until) {
    CompletableFuture<Void> later = new CompletableFuture<>();
    engine.after(PEERS_AGAIN_MS, () -> later.complete(null));
    return later.thenCompose(_ -> create(stream, config, until));
  }

  private JsonValue info(String stream, Api.Answer answer) {
    String why =
        switch (answer.error()) {
          case 0 -> null;
          case NO_REPLICAS ->
              "the server is alone and cannot keep %d replicas; start a cluster, or ask for 1"
                  .formatted(options.replicas());
          case NO_PEERS ->
              "fewer servers are up than the %d replicas asked for; start them"
                  .formatted(options.replicas());
          case NOT_ENABLED, NOT_ENABLED_FOR_ACCOUNT ->
              "JetStream is not enabled for this account; enable it";
          default -> answer.description() + " (" + answer.error() + ")";
        };
    if (why != null) {
      throw new JournalException(
          Reason.UNREADABLE, "The stream " + stream + " cannot be made: " + why);
    }
    return answer.json();
  }

  private void look(String stream, JsonValue config, List<String> weak) {
    demand(stream, config, "storage", "file");
    demand(stream, config, "retention", "limits");
    demand(stream, config, "discard", "new");
    demand(stream, config, "max_age", 0);
    demand(stream, config, "max_msgs", -1);
    demand(stream, config, "max_msgs_per_subject", stream.equals(subjects.stream()) ? -1 : 1);
    demand(stream, config, "deny_delete", false);
    demand(stream, config, "deny_purge", false);
    demand(stream, config, "allow_direct", true);
    demand(stream, config, "allow_rollup_hdrs", true);
    demand(stream, config, "allow_msg_ttl", true);
    if ("async".equals(JsonValueUtils.readString(config, "persist_mode", ""))) {
      throw otherwise(stream, "persist_mode", "async", "default");
    }
    if (JsonValueUtils.readLong(config, "duplicate_window", 0) < DEDUPE_NS) {
      throw otherwise(stream, "duplicate_window", "shorter", "1m");
    }
    JsonValue republish = JsonValueUtils.readObject(config, "republish");
    boolean ours = stream.equals(subjects.stream());
    String source = ours ? subjects.allEntries() : subjects.registry();
    if (!source.equals(JsonValueUtils.readString(republish, "src", ""))
        || JsonValueUtils.readBoolean(republish, "headers_only")) {
      throw otherwise(stream, "republish", "something else", source);
    }
    int replicas = JsonValueUtils.readInteger(config, "num_replicas", 1);
    if (replicas < options.replicas()) {
      weak.add(
          "the stream %s has %d replicas and %d were asked for; raise them with: nats stream edit"
              .formatted(stream, replicas, options.replicas()));
    }
    if (replicas == 1) {
      weak.add(
          "the stream " + stream + " has one replica: a disk that is lost is all that is lost");
    }
  }

  private static void demand(String stream, JsonValue config, String setting, Object wanted) {
    JsonValue found = config.map == null ? null : config.map.get(setting);
    Object value =
        switch (wanted) {
          case Boolean _ -> JsonValueUtils.readBoolean(config, setting);
          case Integer _ -> JsonValueUtils.readInteger(config, setting, 0);
          default -> JsonValueUtils.readString(config, setting, "");
        };
    if (!wanted.equals(value)) {
      throw otherwise(stream, setting, found == null ? "unset" : found.toJson(), wanted);
    }
  }

  private static JournalException otherwise(
      String stream, String setting, String found, Object wanted) {
    return new JournalException(
        Reason.UNREADABLE,
        "The stream %s has %s %s and must have %s; it was made by somebody else, or changed"
            .formatted(stream, setting, found, wanted));
  }
}
