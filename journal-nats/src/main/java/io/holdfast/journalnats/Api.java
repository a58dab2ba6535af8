package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the servers beside publishing: of a stream's leader, whose answers are the
 * newest there are, or of any server that has the stream, which may lag a little. All of it may be
 * asked again, and is, until it is answered or time is up. Of the engine's thread.
 */
final class Api {
  static final int NOT_FOUND = 10_037;
  static final int NO_STREAM = 10_059;

  /** No leader, or not now. */
  private static final List<Integer> PASSING = List.of(10_004, 10_007, 10_008, 10_009, 10_023);

  private static final long PATIENCE_MS = 15_000;
  private static final long TIMEOUT_MS = 3_000;
  private static final long PAUSE_MS = 100;
  private static final int END_OF_BATCH = 204;
  private static final int NOTHING = 404;
  private static final int MANY_AT_ONCE = 256;
  private static final int PAGES_AT_ONCE = 24;

  private final Link link;
  private final EngineThread engine;
  private final Throttle throttle = new Throttle(MANY_AT_ONCE, Integer.MAX_VALUE);

  /** For answers of many messages, which may be as large as their bound each. */
  private final Throttle pages = new Throttle(PAGES_AT_ONCE, Integer.MAX_VALUE);

  /**
   * An answer.
   *
   * @param error 0, or why not
   */
  record Answer(JsonValue json, int error, String description) {}

  /**
   * Some of what is stored.
   *
   * @param left how many more there are
   */
  record Page(List<Stored> messages, long left) {}

  Api(Link link, EngineThread engine) {
    this.link = link;
    this.engine = engine;
  }

  CompletableFuture<Answer> call(String verb, String body) {
    String subject = "$JS.API." + verb;
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return throttle.pass(
        0,
        () -> again(() -> link.ask(subject, null, bytes, TIMEOUT_MS).thenApply(Api::answer), verb));
  }

  /** Null when there is nothing to be had from it now. */
  private static @Nullable Answer answer(Reply reply) {
    return switch (reply) {
      case Reply.Answer(List<Message> messages, int _) when !messages.isEmpty() ->
          answer(messages.getFirst());
      case Reply.Answer _, Reply.Nobody _, Reply.Unsent _, Reply.Silence _ -> null;
    };
  }

  private static @Nullable Answer answer(Message message) {
    JsonValue json = parsed(message);
    JsonValue error = json == null ? null : JsonValueUtils.readObject(json, "error");
    if (json == null || error == null) {
      return null;
    }
    int code = JsonValueUtils.readInteger(error, "err_code", 0);
    String description = JsonValueUtils.readString(error, "description", "");
    return PASSING.contains(code) ? null : new Answer(json, code, description);
  }

  static @Nullable JsonValue parsed(Message message) {
    try {
      return JsonParser.parse(message.getData());
    } catch (JsonParseException e) {
      return null;
    }
  }

  /** Asks until there is an answer that is not null. */
  private <T> CompletableFuture<T> again(
      Supplier<CompletableFuture<@Nullable T>> attempt, String what) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    again(attempt, what, engine.now() + PATIENCE_MS, answer);
    return answer;
  }

  private <T> void again(
      Supplier<CompletableFuture<@Nullable T>> attempt,
      String what,
      long deadline,
      CompletableFuture<T> answer) {
    var _ =
        attempt
            .get()
            .whenComplete(
                (value, failure) -> {
                  if (failure != null) {
                    answer.completeExceptionally(failure);
                  } else if (value != null) {
                    answer.complete(value);
                  } else if (engine.now() >= deadline) {
                    answer.completeExceptionally(
                        new JournalException(
                            Reason.UNKNOWN,
                            "NATS did not answer "
                                + what
                                + " in time; look whether most of its servers are up"));
                  } else {
                    engine.after(PAUSE_MS, () -> again(attempt, what, deadline, answer));
                  }
                });
  }

  /** The newest message of a subject, by its leader. */
  CompletableFuture<@Nullable Stored> last(String stream, String subject) {
    return get(stream, "{\"last_by_subj\":\"" + subject + "\"}");
  }

  /** The message with a sequence, by its leader. */
  CompletableFuture<@Nullable Stored> at(String stream, long sequence) {
    return get(stream, "{\"seq\":" + sequence + "}");
  }

  /** The first message from a sequence on of a subject, by its leader. */
  CompletableFuture<@Nullable Stored> next(String stream, String subject, long from) {
    return get(stream, "{\"seq\":%d,\"next_by_subj\":\"%s\"}".formatted(from, subject));
  }

  private CompletableFuture<@Nullable Stored> get(String stream, String body) {
    return call("STREAM.MSG.GET." + stream, body)
        .<@Nullable Stored>thenApply(
            answer -> {
              if (answer.error == NOT_FOUND) {
                return null;
              }
              return stored(checked(answer));
            });
  }

  /** Fails for an answer that is an error. */
  static JsonValue checked(Answer answer) {
    if (answer.error != 0) {
      throw new JournalException(
          Reason.UNKNOWN, "NATS refuses: " + answer.description + " (" + answer.error + ")");
    }
    return answer.json;
  }

  private static Stored stored(JsonValue json) {
    JsonValue message = JsonValueUtils.readObject(json, "message");
    byte[] data = JsonValueUtils.readBase64(message, "data");
    byte[] headers = JsonValueUtils.readBase64(message, "hdrs");
    return new Stored(
        JsonValueUtils.readString(message, "subject", ""),
        JsonValueUtils.readLong(message, "seq", 0),
        0,
        Instant.parse(JsonValueUtils.readString(message, "time", "")).toEpochMilli(),
        headers == null ? null : headers(headers),
        data == null ? new byte[0] : data);
  }

  private static Headers headers(byte[] block) {
    Headers headers = new Headers();
    for (String line : new String(block, StandardCharsets.UTF_8).split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return headers;
  }

  /** Messages of a subject, which may have wildcards, from a sequence on; by any server. */
  CompletableFuture<Page> page(String stream, String subject, long from, int limit, int maxBytes) {
    String body =
        "{\"seq\":%d,\"next_by_subj\":\"%s\",\"batch\":%d,\"max_bytes\":%d}"
            .formatted(Math.max(1, from), subject, limit, maxBytes);
    return many(stream, body);
  }

  /** The newest message of each of these subjects, if it is at or after a sequence. */
  CompletableFuture<Page> lasts(String stream, List<String> subjects, long from) {
    String body =
        "{\"multi_last\":[\"%s\"],\"seq\":%d,\"batch\":%d}"
            .formatted(String.join("\",\"", subjects), Math.max(1, from), subjects.size());
    return many(stream, body);
  }

  private CompletableFuture<Page> many(String stream, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String subject = "$JS.API.DIRECT.GET." + stream;
    return pages.pass(
        0,
        () -> again(() -> link.askMany(subject, bytes, TIMEOUT_MS).thenApply(Api::page), "a read"));
  }

  private static @Nullable Page page(Reply reply) {
    return switch (reply) {
      case Reply.Answer(List<Message> _, int status) when status == NOTHING ->
          new Page(List.of(), 0);
      case Reply.Answer(List<Message> messages, int status) when status == END_OF_BATCH ->
          page(messages);
      case Reply.Answer _, Reply.Nobody _, Reply.Unsent _, Reply.Silence _ -> null;
    };
  }

  /** Null when one is missing: each names the one before it. */
  private static @Nullable Page page(List<Message> messages) {
    List<Stored> page = new ArrayList<>(messages.size());
    long left = 0;
    long previous = 0;
    for (Message message : messages) {
      Stored stored = Stored.of(message);
      if (stored == null || stored.previous() != previous) {
        return null;
      }
      previous = stored.sequence();
      String pending = stored.header("Nats-Num-Pending");
      left = pending == null ? 0 : Long.parseLong(pending);
      page.add(stored);
    }
    return new Page(page, left);
  }

  /** One message by its sequence, by any server, else by its leader. */
  CompletableFuture<@Nullable Stored> any(String stream, long sequence) {
    byte[] body = ("{\"seq\":" + sequence + "}").getBytes(StandardCharsets.UTF_8);
    return throttle
        .pass(0, () -> link.ask("$JS.API.DIRECT.GET." + stream, null, body, TIMEOUT_MS))
        .<@Nullable Stored>thenCompose(
            reply -> {
              Stored found =
                  reply instanceof Reply.Answer(List<Message> messages, int _)
                          && !messages.isEmpty()
                      ? Stored.of(messages.getFirst())
                      : null;
              return found == null
                  ? at(stream, sequence)
                  : CompletableFuture.<@Nullable Stored>completedFuture(found);
            });
  }
}
