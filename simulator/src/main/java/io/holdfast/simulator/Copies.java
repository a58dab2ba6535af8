package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an application that believes every message makes of a channel: what is created or updated
 * replaces, what is appended is put behind.
 */
final class Copies {
  private final String reader;
  private final Look look;
  private final TrueChannel truth;
  private final Counts counts;
  private final Map<String, Copy> copies = new LinkedHashMap<>();
  private final Map<String, String> summaries = new HashMap<>();
  private final Map<String, Integer> ephemerals = new HashMap<>();
  private final Set<String> firstMet = new HashSet<>();
  private final OneOrderForAll order = new OneOrderForAll();
  private final Supplier<Set<String>> unheard;
  private @Nullable Cursor since;

  /**
   * Copies of what comes.
   *
   * @param unheard connections whose messages the reader does not want to hear
   */
  Copies(
      String reader, Look look, TrueChannel truth, Counts counts, Supplier<Set<String>> unheard) {
    this.unheard = unheard;
    this.reader = reader;
    this.look = look;
    this.truth = truth;
    this.counts = counts;
  }

  /** Where its knowledge begins. */
  @Nullable Cursor since() {
    return since;
  }

  @Nullable Copy copy(String serial) {
    return copies.get(serial);
  }

  List<String> known() {
    return List.copyOf(copies.keySet());
  }

  /** What it was told that annotations add up to, by message. */
  Map<String, String> summaries() {
    return summaries;
  }

  /** How often an ephemeral text has come. */
  int ephemeral(String token) {
    return ephemerals.getOrDefault(token, 0);
  }

  void forget() {
    beginAt(null);
    summaries.clear();
    ephemerals.clear();
  }

  /** Nothing from before goes on. */
  void beginAt(@Nullable Cursor place) {
    since = place;
    copies.clear();
    firstMet.clear();
    order.startAnew();
  }

  /**
   * Messages have come.
   *
   * @param place the one that they came with
   */
  void take(@Nullable String place, List<Message> messages) {
    for (Message message : messages) {
      if (message.summary() != null && message.serial() != null) {
        summary(message.serial(), message.summary());
      }
      if (message.action() == MessageAction.SUMMARY) {
        counts.add(Happening.SUMMARY);
        continue;
      }
      if (message.serial() == null || message.version() == null) {
        throw new Broken(ResumeNeverSkips.NAME, "a message without serial or version: " + message);
      }
      if (message.serial().indexOf('+') >= 0) {
        ephemeral(place, message);
      } else {
        apply(place, message, message.serial(), String.valueOf(message.version().serial()));
      }
    }
  }

  private String what(String serial) {
    return reader + "'s copy of " + look.given() + " " + serial;
  }

  private void summary(String serial, String summary) {
    TrueMessage original = truth.message(serial);
    if (truth.deleted(serial)) {
      return;
    }
    if (original == null) {
      throw new Broken(Durability.NAME, what(serial) + " is summarised and not durable");
    }
    SummariesTrue.everWas(original, summary, what(serial));
    if (look.sieve() != null) {
      FiltersTrue.mayCome(look.sieve(), original, null, "a summary of " + what(serial));
    }
    summaries.put(serial, summary);
  }

  private void ephemeral(@Nullable String place, Message message) {
    String token = TrueChannel.text(message.data());
    if (place != null || truth.times(token) > 0) {
      throw new Broken(Durability.NAME, "an ephemeral message is stored: " + message);
    }
    ephemerals.merge(token, 1, Integer::sum);
  }

  private void apply(@Nullable String place, Message message, String serial, String version) {
    String what = what(serial);
    TrueMessage original = truth.message(serial);
    TrueVersion now = original == null ? null : original.version(version);
    if (truth.deleted(serial)) {
      return;
    }
    if (truth.repeat(version)) {
      throw new Broken(NothingAppliedTwice.NAME, what + ", version " + version + " is a repeat");
    }
    if (original == null || now == null) {
      throw new Broken(Durability.NAME, what + ", version " + version + " is not durable");
    }
    Copy before = copies.get(serial);
    String text = TrueChannel.text(message.data());
    if (message.action() == MessageAction.APPEND) {
      text = FirstContactWhole.held(before, serial).text() + text;
      counts.add(Happening.DELTA);
    } else if (before == null && message.action() != MessageAction.CREATE) {
      counts.add(Happening.WHOLE_AT_FIRST_CONTACT);
    }
    ResumeNeverSkips.sameAs(now, text, what);
    ResumeNeverSkips.dressedAs(original, now, message, what);
    looked(message, original, version, what);
    // what was its own comes late, if at all: to a connection that is another by then
    boolean own = unheard.get().contains(String.valueOf(now.connectionId()));
    boolean created = message.action() == MessageAction.CREATE;
    if (created && firstMet.add(serial) && before == null && !own) {
      order.met(serial);
    }
    conflated(place, message, version);
    String newest =
        before == null || before.newest().compareTo(version) < 0 ? version : before.newest();
    copies.put(serial, new Copy(text, version, newest));
  }

  private void looked(Message message, TrueMessage original, String version, String what) {
    if (look.sieve() != null) {
      counts.add(Happening.SIFTED);
      FiltersTrue.mayCome(look.sieve(), original, version, what);
    }
    if (look.whole()) {
      FirstContactWhole.asked(message.action(), what);
    }
  }

  private void conflated(@Nullable String at, Message message, String version) {
    if (message.action() != MessageAction.CREATE && at != null && !version.startsWith(at)) {
      counts.add(
          message.action() == MessageAction.APPEND
              ? Happening.CONFLATED_DELTA
              : Happening.CONFLATED_WHOLE);
    }
  }

  /** At rest: it has all that it was to be told. */
  void complete(Cursor from, Set<String> own, String what) {
    if (look.sieve() == null) {
      ResumeNeverSkips.complete(truth, this, from, own, what);
    } else {
      FiltersTrue.complete(look.sieve(), truth, this, from, own, what);
    }
    SummariesTrue.latest(
        FiltersTrue.summarised(look.sieve(), truth, from, own), summaries, from, what);
  }
}
