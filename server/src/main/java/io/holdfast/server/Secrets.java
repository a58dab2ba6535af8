package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.connections.Sealer;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that this server signs with: its tokens and the keys of its connections. They stand
 * in the registry, so every node and every later start accepts what one of them signed; the newest
 * signs, the earlier ones are still accepted. Any thread may call.
 */
final class Secrets implements AutoCloseable {
  /** How long one signs. A token lives a day, a connection's key as long as the connection. */
  static final Duration PERIOD = Duration.ofDays(7);

  private static final String KIND = "secret";
  private static final String KEY = "signing";
  private static final int KEPT = 5;
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 4;
  private static final int MAC_BYTES = 16;

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Secret(int id, byte[] key, long since) {}

  private final Registry registry;
  private final Clock clock;
  private final RandomGenerator random;
  private final Journal.Subscription subscription;

  /** Newest first; empty only while the constructor runs. */
  private volatile List<Secret> secrets = List.of();

  /**
   * Reads the secrets, or makes the first; returns when there is one.
   *
   * @param random where secrets come from: a {@code SecureRandom} but for tests
   */
  @SuppressWarnings("this-escape") // the watcher only replaces the list
  Secrets(Registry registry, Clock clock, RandomGenerator random) {
    this.registry = registry;
    this.clock = clock;
    this.random = random;
    subscription =
        registry.follow(
            new Registry.Watcher() {
              @Override
              public void changed(Registry.Item item) {
                if (item.kind().equals(KIND) && item.key().equals(KEY)) {
                  take(read(item.bytes()));
                }
              }

              @Override
              public void deleted(String app, String kind, String key) {
                // What was signed stays accepted until this process ends.
              }
            });
    rotateIfDue();
  }

  /** Makes a new secret when the newest has signed for its period; the first when there is none. */
  void rotateIfDue() {
    while (true) {
      Registry.Item stored = registry.get(App.NOBODY, KIND, KEY).join();
      List<Secret> known = stored == null ? List.of() : read(stored.bytes());
      long now = clock.millis();
      if (!known.isEmpty() && now - known.getFirst().since < PERIOD.toMillis()) {
        take(known);
        return;
      }
      byte[] key = new byte[SECRET_BYTES];
      random.nextBytes(key);
      List<Secret> next = new ArrayList<>();
      next.add(new Secret(known.isEmpty() ? 1 : known.getFirst().id + 1, key, now));
      next.addAll(known.subList(0, Math.min(known.size(), KEPT - 1)));
      long version = stored == null ? 0 : stored.version();
      if (registry.compareAndSet(App.NOBODY, KIND, KEY, version, bytes(next)).join()) {
        take(next);
        return;
      }
    }
  }

  /**
   * The payload with a signature around it, in the clear.
   *
   * @param purpose keeps what is signed for one use from being taken for another
   */
  byte[] seal(String purpose, byte[] payload) {
    Secret newest = secrets.getFirst();
    ByteBuffer sealed = ByteBuffer.allocate(ID_BYTES + payload.length + MAC_BYTES);
    sealed.putInt(newest.id).put(payload).put(mac(newest, purpose, payload));
    return sealed.array();
  }

  /** What {@link #seal} was given; null when it, the purpose or a known secret is not in it. */
  byte @Nullable [] open(String purpose, byte[] sealed) {
    if (sealed.length < ID_BYTES + MAC_BYTES) {
      return null;
    }
    int id = ByteBuffer.wrap(sealed).getInt();
    byte[] payload = Arrays.copyOfRange(sealed, ID_BYTES, sealed.length - MAC_BYTES);
    byte[] mac = Arrays.copyOfRange(sealed, sealed.length - MAC_BYTES, sealed.length);
    for (Secret secret : secrets) {
      if (secret.id == id) {
        return MessageDigest.isEqual(mac, mac(secret, purpose, payload)) ? payload : null;
      }
    }
    return null;
  }

  /** Seals and opens for one purpose. */
  Sealer sealer(String purpose) {
    return new Sealer() {
      @Override
      public byte[] seal(byte[] payload) {
        return Secrets.this.seal(purpose, payload);
      }

      @Override
      public byte @Nullable [] open(byte[] sealed) {
        return Secrets.this.open(purpose, sealed);
      }
    };
  }

  @Override
  public void close() {
    subscription.close();
  }

  /** Takes what is newer only: the watcher's news may be older than what was just written. */
  private synchronized void take(List<Secret> known) {
    if (secrets.isEmpty() || (!known.isEmpty() && known.getFirst().id >= secrets.getFirst().id)) {
      secrets = List.copyOf(known);
    }
  }

  private static byte[] mac(Secret secret, String purpose, byte[] payload) {
    byte[] name = purpose.getBytes(StandardCharsets.UTF_8);
    ByteBuffer signed = ByteBuffer.allocate(name.length + 1 + payload.length);
    signed.put(name).put((byte) 0).put(payload);
    return Arrays.copyOf(Hmac.sha256(secret.key, signed.array()), MAC_BYTES);
  }

  private static byte[] bytes(List<Secret> secrets) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    ArrayNode list = root.putArray("secrets");
    for (Secret secret : secrets) {
      list.addObject().put("id", secret.id).put("key", secret.key).put("since", secret.since);
    }
    return Json.bytes(root);
  }

  private static List<Secret> read(byte[] bytes) {
    List<Secret> secrets = new ArrayList<>();
    for (JsonNode node : Json.object(bytes).required("secrets")) {
      try {
        secrets.add(
            new Secret(
                node.required("id").intValue(),
                node.required("key").binaryValue(),
                node.required("since").longValue()));
      } catch (IOException e) {
        throw new UncheckedIOException("the signing secrets in the registry cannot be read", e);
      }
    }
    return secrets;
  }
}
