package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.impl.Headers;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Runs of records as they are stored: once, never changed, found by sequence, with those read
 * lately in memory. A piece is at most {@link #PIECE_BYTES} unless a single record is larger, and a
 * message at most {@link #MESSAGE_BYTES}. Of the engine's thread.
 */
final class Pieces {
  static final int PIECE_BYTES = 192 << 10;
  private static final int MESSAGE_BYTES = 256 << 10;
  private static final long CACHE_BYTES = 64L << 20;

  private final String stream;
  private final Api api;
  private final Publisher publisher;
  private final Ids ids;
  private final NatsOptions options;

  /** By the first sequence, those used lately last. */
  private final Map<Long, Run> cache = new LinkedHashMap<>(16, 0.75f, true);

  private long cached;

  /** A piece that a head named is not there: the head is an old one by now. */
  static final class GoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GoneException(long sequence) {
      super("the piece " + sequence + " is gone");
    }
  }

  static boolean isGone(Throwable failure) {
    return Admission.cause(failure) instanceof GoneException;
  }

  Pieces(String stream, Api api, Publisher publisher, Ids ids, NatsOptions options) {
    this.stream = stream;
    this.api = api;
    this.publisher = publisher;
    this.ids = ids;
    this.options = options;
  }

  /** Stores a run in as many pieces as it takes. */
  CompletableFuture<List<Head.Piece>> write(Subjects.OfChannel channel, Run run) {
    List<CompletableFuture<Head.Piece>> pieces =
        run.cut(PIECE_BYTES).stream().map(part -> writeOne(channel, part)).toList();
    return all(pieces);
  }

  private CompletableFuture<Head.Piece> writeOne(Subjects.OfChannel channel, Run run) {
    Bytes.Out out = new Bytes.Out();
    run.encode(out);
    byte[] bytes = out.all();
    List<CompletableFuture<Long>> parts = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += MESSAGE_BYTES) {
      byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + MESSAGE_BYTES));
      Headers headers = Marks.named(ids.next(), options);
      headers.put(Marks.OF, channel.entries());
      parts.add(publisher.publish(channel.pieces(), headers, part).thenApply(Pieces::sequence));
    }
    return all(parts)
        .thenApply(
            sequences -> {
              keep(sequences.getFirst(), run);
              return new Head.Piece(sequences, run.bytes(), run.first(), run.last());
            });
  }

  static long sequence(Publisher.Outcome outcome) {
    return switch (outcome) {
      case Publisher.Outcome.At(long sequence) -> sequence;
      case Publisher.Outcome.Overtaken _ ->
          throw new JournalException(
              Reason.UNKNOWN, "NATS refused as conditional what has no condition");
    };
  }

  CompletableFuture<Run> read(Head.Piece piece) {
    Run run = cache.get(piece.sequences().getFirst());
    if (run != null) {
      return CompletableFuture.completedFuture(run);
    }
    return all(piece.sequences().stream().map(this::message).toList())
        .thenApply(
            parts -> {
              ByteArrayOutputStream bytes = new ByteArrayOutputStream(piece.bytes());
              parts.forEach(bytes::writeBytes);
              Run read = Run.decode(new Bytes.In(bytes.toByteArray()));
              keep(piece.sequences().getFirst(), read);
              return read;
            });
  }

  CompletableFuture<List<Run>> readAll(List<Head.Piece> pieces) {
    return all(pieces.stream().map(this::read).toList());
  }

  private CompletableFuture<byte[]> message(long sequence) {
    return api.any(stream, sequence)
        .thenApply(
            stored -> {
              if (stored == null) {
                throw new GoneException(sequence);
              }
              return stored.data();
            });
  }

  private void keep(long sequence, Run run) {
    if (cache.put(sequence, run) == null) {
      cached += run.bytes();
    }
    while (cached > CACHE_BYTES && cache.size() > 1) {
      Map.Entry<Long, Run> oldest = cache.entrySet().iterator().next();
      cache.remove(oldest.getKey());
      cached -= oldest.getValue().bytes();
    }
  }

  /** Deletes what nothing names; tells which are gone, be it since before. */
  CompletableFuture<List<Long>> delete(List<Long> sequences) {
    List<Long> gone = new ArrayList<>();
    List<CompletableFuture<Void>> deletions = new ArrayList<>();
    for (long sequence : sequences) {
      Run dropped = cache.remove(sequence);
      cached -= dropped == null ? 0 : dropped.bytes();
      deletions.add(
          api.call("STREAM.MSG.DELETE." + stream, "{\"seq\":" + sequence + ",\"no_erase\":true}")
              .handle(
                  (answer, failure) -> {
                    if (failure == null) {
                      gone.add(sequence);
                    }
                    return null;
                  }));
    }
    return all(deletions).thenApply(_ -> gone);
  }

  static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> parts) {
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
        .thenApply(_ -> parts.stream().map(CompletableFuture::join).toList());
  }
}
