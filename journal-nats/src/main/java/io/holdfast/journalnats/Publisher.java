package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Publishes: again under the same id until the servers say where it is stored, which they do once,
 * or until {@link #PATIENCE_MS} have gone by. Then the outcome is unknown, unless certainly no
 * server ever had it. Of the engine's thread.
 */
final class Publisher {
  static final long PATIENCE_MS = 30_000;

  /** After this the answer is taken for lost; as a leader's death is noticed no earlier. */
  private static final long TIMEOUT_MS = 2_000;

  private static final long PAUSE_MS = 50;
  private static final int AT_ONCE = 1_024;
  private static final int BYTES_AT_ONCE = 16 << 20;
  private static final int WRONG_LAST = 10_071;
  private static final int STORE_FAILED = 10_077;
  private static final int NO_STORAGE = 10_047;
  private static final int TOO_LARGE = 10_054;

  /** Something conditional is under way on that subject. */
  private static final int UNDER_WAY = 10_164;

  private final Link link;
  private final EngineThread engine;
  private final Throttle throttle = new Throttle(AT_ONCE, BYTES_AT_ONCE);

  /** What came of it. */
  sealed interface Outcome {
    record At(long sequence) implements Outcome {}

    /**
     * The subject's newest message is another than expected, or may be.
     *
     * @param unsure whether it may be this one, sent before and not answered
     */
    record Overtaken(boolean unsure) implements Outcome {}
  }

  private static final class Publication {
    private final String subject;
    private final Headers headers;
    private final byte[] bytes;
    private final long deadline;
    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();

    /** Whether any server may have it. */
    private boolean handedOver;

    Publication(String subject, Headers headers, byte[] bytes, long deadline) {
      this.subject = subject;
      this.headers = headers;
      this.bytes = bytes;
      this.deadline = deadline;
    }
  }

  Publisher(Link link, EngineThread engine) {
    this.link = link;
    this.engine = engine;
  }

  /** Publishes with headers that name it ({@code Nats-Msg-Id}). */
  CompletableFuture<Outcome> publish(String subject, Headers headers, byte[] bytes) {
    if (bytes.length + 4_096 > link.maxPayload()) {
      return CompletableFuture.failedFuture(
          new JournalException(
              Reason.NO_SPACE,
              "%d bytes are more than NATS takes; raise max_payload, which is %d"
                  .formatted(bytes.length, link.maxPayload())));
    }
    long called = engine.now();
    return throttle.pass(
        bytes.length,
        () -> {
          if (engine.now() - called > PATIENCE_MS) {
            return CompletableFuture.failedFuture(nothingTaken());
          }
          Publication publication =
              new Publication(subject, headers, bytes, engine.now() + PATIENCE_MS);
          attempt(publication);
          return publication.answer;
        });
  }

  void hold(boolean hold) {
    throttle.hold(hold);
  }

  private void attempt(Publication p) {
    var _ =
        link.ask(p.subject, p.headers, p.bytes, TIMEOUT_MS)
            .thenAccept(
                reply -> {
                  switch (reply) {
                    case Reply.Answer(List<Message> messages, int _) when !messages.isEmpty() ->
                        answered(p, messages.getFirst());
                    case Reply.Answer _, Reply.Silence _ -> {
                      p.handedOver = true;
                      later(p);
                    }
                    case Reply.Nobody _, Reply.Unsent _ -> later(p);
                  }
                });
  }

  private void answered(Publication p, Message message) {
    JsonValue json = Api.parsed(message);
    JsonValue error = json == null ? null : JsonValueUtils.readObject(json, "error");
    if (json == null || error == null) {
      p.handedOver = true;
      later(p);
      return;
    }
    long sequence = JsonValueUtils.readLong(json, "seq", 0);
    int code = JsonValueUtils.readInteger(error, "err_code", 0);
    if (code == 0 && sequence > 0) {
      p.answer.complete(new Outcome.At(sequence));
      return;
    }
    JournalException refusal = refusal(code, JsonValueUtils.readString(error, "description", ""));
    if (code == WRONG_LAST || code == UNDER_WAY) {
      p.answer.complete(new Outcome.Overtaken(p.handedOver));
    } else if (refusal != null && !p.handedOver) {
      p.answer.completeExceptionally(refusal);
    } else {
      // others may have it: a server that fails to store says nothing of the rest
      p.handedOver |= code == STORE_FAILED;
      later(p);
    }
  }

  /** What is refused before anything is stored anywhere, and is no better in a moment. */
  private static @Nullable JournalException refusal(int code, String description) {
    boolean full =
        code == NO_STORAGE || (code == STORE_FAILED && description.startsWith("maximum "));
    if (full || code == TOO_LARGE) {
      return new JournalException(
          Reason.NO_SPACE, "NATS refuses: " + description + "; give its stream more room");
    }
    return null;
  }

  private void later(Publication p) {
    if (engine.now() < p.deadline) {
      engine.after(PAUSE_MS, () -> attempt(p));
    } else if (p.handedOver) {
      p.answer.completeExceptionally(
          new JournalException(
              Reason.UNKNOWN,
              "NATS did not say in 30 s whether it was stored; look whether most servers are up"));
    } else {
      p.answer.completeExceptionally(nothingTaken());
    }
  }

  private static JournalException nothingTaken() {
    return new JournalException(
        Reason.BUSY, "NATS took nothing for 30 s; look whether most servers are up");
  }
}
