package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JWTs shown to us before the time they say they were issued at, by a clock ahead of ours, and when
 * that was: one that was shown before a revocation was issued before it, whatever it says. The last
 * few thousand; one that falls out, or is from before a restart, counts by what it says again. Any
 * thread.
 */
final class EarlyTokens {
  private static final int MOST = 10_000;

  private final Map<ByteBuffer, Long> shown =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Long> eldest) {
          return size() > MOST;
        }
      };

  /** When a token was issued that is shown now. */
  synchronized Issued issued(String text, Issued said, long now) {
    boolean early = !said.before(now + 1);
    if (!early && shown.isEmpty()) {
      return said;
    }
    ByteBuffer name = digest(text);
    @Nullable Long first = early ? shown.putIfAbsent(name, now) : shown.get(name);
    return first != null ? said.by(first) : early ? said.by(now) : said;
  }

  private static ByteBuffer digest(String text) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
