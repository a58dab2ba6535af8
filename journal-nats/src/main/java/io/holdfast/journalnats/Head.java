package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is known of a channel beside its entries: the manifest, and where its records are. The one
 * thing that is replaced; everything it names is never changed. Written over the one before only,
 * so a change is seen whole or not at all.
 *
 * <p>Records are looked for in {@code recent}, then in the {@code runs}, the newest first. Pieces
 * of one run do not overlap. The last run has no deletions in it.
 *
 * @param version of the manifest, 0 when there is none
 * @param manifest as it was given
 * @param writes the names of the last few changes, so that who did not hear can see that it is done
 * @param garbage sequences of pieces that nothing names any more and that may not be deleted yet
 * @param since the channel's last deletion that is remembered, after which all this was written; 0
 *     when there is none
 */
@SuppressWarnings("ArrayRecordComponent")
record Head(
    ChannelId channel,
    long version,
    byte[] manifest,
    Run recent,
    List<List<Piece>> runs,
    List<String> writes,
    List<Long> garbage,
    long since) {
  private static final int FORMAT = 1;

  /** With {@code since}. */
  private static final int SECOND_FORMAT = 2;

  private static final int WRITES_KEPT = 16;

  /**
   * Where some of the records are.
   *
   * @param sequences of the messages that hold it, one after the other
   */
  record Piece(List<Long> sequences, int bytes, Run.Key first, Run.Key last) {
    Piece {
      sequences = List.copyOf(sequences);
    }

    boolean meets(Run.Key from, Run.Key until) {
      return first.compareTo(until) <= 0 && last.compareTo(from) >= 0;
    }
  }

  Head {
    runs = List.copyOf(runs);
    writes = List.copyOf(writes);
    garbage = List.copyOf(garbage);
  }

  static Head none(ChannelId channel) {
    return new Head(channel, 0, new byte[0], Run.EMPTY, List.of(), List.of(), List.of(), 0);
  }

  /** What is left by a deletion. */
  Head deleted(long at) {
    List<Long> all = new ArrayList<>(garbage);
    pieces().forEach(piece -> all.addAll(piece.sequences()));
    return new Head(channel, 0, new byte[0], Run.EMPTY, List.of(), writes, all, at);
  }

  /** The manifest as the port tells it. */
  Manifest told() {
    if (version > 0) {
      return new Manifest(version, manifest);
    }
    return since > 0 ? Manifest.deleted(since) : Manifest.NONE;
  }

  boolean isEmpty() {
    return version == 0 && recent.isEmpty() && runs.isEmpty();
  }

  boolean wrote(String write) {
    return writes.contains(write);
  }

  Head withManifest(byte[] bytes) {
    long next = Manifest.after(told().version());
    return new Head(channel, next, bytes, recent, runs, writes, garbage, since);
  }

  Head withRecords(Run newest, List<List<Piece>> under, List<Long> dropped) {
    List<Long> all = new ArrayList<>(garbage);
    all.addAll(dropped);
    return new Head(channel, version, manifest, newest, under, writes, all, since);
  }

  Head by(String write) {
    List<String> kept = new ArrayList<>(writes);
    kept.add(write);
    List<String> last = kept.subList(Math.max(0, kept.size() - WRITES_KEPT), kept.size());
    return new Head(channel, version, manifest, recent, runs, last, garbage, since);
  }

  Head without(List<Long> deleted) {
    List<Long> left = garbage.stream().filter(piece -> !deleted.contains(piece)).toList();
    return new Head(channel, version, manifest, recent, runs, writes, left, since);
  }

  Stream<Piece> pieces() {
    return runs.stream().flatMap(List::stream);
  }

  byte[] encode() {
    Bytes.Out out = new Bytes.Out().u8(since > 0 ? SECOND_FORMAT : FORMAT);
    out.text(channel.app()).text(channel.name());
    if (since > 0) {
      out.number(since);
    }
    out.number(version).bytes(manifest);
    recent.encode(out);
    out.number(runs.size());
    for (List<Piece> run : runs) {
      out.number(run.size());
      for (Piece piece : run) {
        out.number(piece.sequences.size());
        piece.sequences.forEach(out::number);
        out.number(piece.bytes);
        out.u8(piece.first.kind()).bytes(piece.first.key());
        out.u8(piece.last.kind()).bytes(piece.last.key());
      }
    }
    out.number(writes.size());
    writes.forEach(out::text);
    out.number(garbage.size());
    garbage.forEach(out::number);
    return out.all();
  }

  static Head decode(byte[] bytes) {
    Bytes.In in = new Bytes.In(bytes);
    int format = in.u8();
    if (format != FORMAT && format != SECOND_FORMAT) {
      throw new IllegalStateException(
          "a head of format " + format + " was written by a newer version than this");
    }
    ChannelId channel = new ChannelId(in.text(), in.text());
    long since = format == SECOND_FORMAT ? in.number() : 0;
    long version = in.number();
    byte[] manifest = in.bytes();
    Run recent = Run.decode(in);
    List<List<Piece>> runs = new ArrayList<>();
    for (int i = in.count(); i > 0; i--) {
      List<Piece> run = new ArrayList<>();
      for (int k = in.count(); k > 0; k--) {
        List<Long> sequences = numbers(in);
        int size = in.count();
        Run.Key first = new Run.Key(in.u8(), in.bytes());
        run.add(new Piece(sequences, size, first, new Run.Key(in.u8(), in.bytes())));
      }
      runs.add(List.copyOf(run));
    }
    List<String> writes = new ArrayList<>();
    for (int i = in.count(); i > 0; i--) {
      writes.add(in.text());
    }
    return new Head(channel, version, manifest, recent, runs, writes, numbers(in), since);
  }

  private static List<Long> numbers(Bytes.In in) {
    List<Long> numbers = new ArrayList<>();
    for (int i = in.count(); i > 0; i--) {
      numbers.add(in.number());
    }
    return numbers;
  }
}
