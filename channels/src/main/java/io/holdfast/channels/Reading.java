package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Member;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.StoredMessage;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredRecord;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers questions about a channel's past and present. Of the channel's lane. */
final class Reading {
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  private final Channel handle;
  private final Journal journal;
  private final ChannelState state;
  private final Storing storing;
  private final Pages pages;
  private final Supplier<Collection<Member>> members;
  private final Set<CompletableFuture<?>> open = Collections.newSetFromMap(new IdentityHashMap<>());

  /** The channel has failed before the answer was there; it can be asked again. */
  static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("the channel failed before it had answered", null, false, false);
    }
  }

  Reading(
      Channel handle,
      Journal journal,
      ChannelState state,
      Storing storing,
      Supplier<Collection<Member>> members) {
    this.members = members;
    this.handle = handle;
    this.journal = journal;
    this.state = state;
    this.storing = storing;
    this.pages = new Pages(handle, journal, state, storing);
  }

  /** Whether an answer is being made. */
  boolean busy() {
    return !open.isEmpty();
  }

  /** No answer will be made any more. */
  void giveUp() {
    List<CompletableFuture<?>> left = List.copyOf(open);
    open.clear();
    left.forEach(to -> to.completeExceptionally(new Abandoned()));
  }

  /** An answer is being made. */
  void owe(CompletableFuture<?> to) {
    open.add(to);
  }

  @SuppressWarnings("CollectionUndefinedEquality") // each is looked for by what it is
  <T extends @Nullable Object> void answer(
      CompletableFuture<T> to, T value, @Nullable Throwable failure) {
    open.remove(to);
    if (failure == null) {
      to.complete(value);
    } else {
      to.completeExceptionally(failure);
    }
  }

  void history(HistoryQuery query, CompletableFuture<Page<Message>> to) {
    owe(to);
    pages.messages(
        query,
        (page, failure) -> {
          List<Message> messages = page.items().stream().map(StoredMessage::summarised).toList();
          answer(to, new Page<>(messages, page.next()), failure);
        });
  }

  void presenceHistory(HistoryQuery query, CompletableFuture<Page<PresenceMessage>> to) {
    owe(to);
    pages.presence(query, (page, failure) -> answer(to, page, failure));
  }

  void members(CompletableFuture<List<PresenceMessage>> to) {
    to.complete(members.get().stream().map(Member::message).toList());
  }

  /** The annotations of a message, oldest first. */
  void annotations(
      String serial, int limit, @Nullable String after, CompletableFuture<Page<Annotation>> to) {
    owe(to);
    pages.annotations(serial, limit, after, (page, failure) -> answer(to, page, failure));
  }

  /** What one client has said of a message, added up, as JSON; null if there is no message. */
  void summaryOf(String serial, String client, CompletableFuture<@Nullable String> to) {
    owe(to);
    stored(
        serial,
        (message, failure) ->
            answer(to, message == null ? null : message.tallies().summaryOf(client), failure));
  }

  /** A message as it stands; null if there is none. */
  void message(String serial, CompletableFuture<@Nullable Message> to) {
    owe(to);
    stored(
        serial,
        (message, failure) -> answer(to, message == null ? null : message.summarised(), failure));
  }

  private void stored(
      String serial, BiConsumer<@Nullable StoredMessage, @Nullable Throwable> then) {
    StoredMessage known = state.message(serial);
    if (known != null) {
      then.accept(known, null);
      return;
    }
    long epoch = storing.epoch();
    storing.messages(
        Set.of(serial),
        (messages, failure) -> {
          if (failure == null && messages.isEmpty() && epoch != storing.epoch()) {
            stored(serial, then);
            return;
          }
          StoredMessage now = state.message(serial);
          StoredMessage read = now != null || messages == null ? now : messages.get(serial);
          then.accept(read, failure);
        });
  }

  /** All versions of a message, oldest first; empty if there is no such message. */
  void versions(String serial, CompletableFuture<List<Message>> to) {
    CompletableFuture<@Nullable Message> latest = new CompletableFuture<>();
    message(serial, latest);
    owe(to);
    handle.when(
        latest,
        (current, failure) -> {
          if (failure != null || current == null) {
            answer(to, List.of(), failure);
          } else {
            earlier(serial, current, to);
          }
        });
  }

  /** What was created is listed as it was before anybody had made a version of it. */
  private static Message listed(Message version) {
    return version.action() == MessageAction.CREATE ? version.withoutVersion() : version;
  }

  private void earlier(String serial, Message current, CompletableFuture<List<Message>> to) {
    long epoch = storing.epoch();
    byte kind = RecordKind.VERSION.code();
    String prefix = serial + "/";
    storing.read(
        () ->
            journal.scan(
                handle.id(), kind, prefix, prefix + "~", Direction.FORWARDS, 1_000, MAX_BYTES),
        (records, failure) -> {
          if (failure == null && epoch != storing.epoch()) {
            earlier(serial, current, to);
            return;
          }
          TreeMap<String, byte[]> found = new TreeMap<>();
          for (StoredRecord record : records == null ? List.<StoredRecord>of() : records) {
            if (record.bytes() != null) {
              found.put(record.key(), record.bytes());
            }
          }
          found.putAll(
              state.unwrittenRecords(RecordKind.VERSION).subMap(prefix, true, prefix + "~", true));
          List<Message> versions = new ArrayList<>();
          found.values().forEach(b -> versions.add(listed(StoredMessage.decode(b).message())));
          versions.add(listed(current));
          answer(to, versions, failure);
        });
  }
}
