package io.holdfast.journalnats;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster is reached and what it is to be.
 *
 * @param servers such as {@code nats://host:4222}; any of the cluster's, the others are learnt
 * @param name of this log among others on the same servers; the stream and its subjects begin with
 *     it
 * @param replicas how many servers hold everything, 1, 3 or 5
 * @param credentials a NATS credentials file; null for none
 * @param keptAtMost how long the servers keep what nobody wrote again, as a backstop; null for ever
 */
public record NatsOptions(
    List<String> servers,
    String name,
    int replicas,
    @Nullable Path credentials,
    @Nullable Duration keptAtMost) {
  public static final String STANDARD_NAME = "hf";

  public NatsOptions {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("name at least one NATS server");
    }
    if (replicas != 1 && replicas != 3 && replicas != 5) {
      throw new IllegalArgumentException("replicas must be 1, 3 or 5, and is " + replicas);
    }
  }

  public static NatsOptions of(List<String> servers, int replicas) {
    return new NatsOptions(servers, STANDARD_NAME, replicas, null, null);
  }

  public NatsOptions withName(String other) {
    return new NatsOptions(servers, other, replicas, credentials, keptAtMost);
  }
}
