package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private final Stored stored = new Stored();

  private String published(String text) {
    stored.add(Parts.publish("alice", 0, text));
    return stored.serial(0, 0);
  }

  private static Verdict only(Applied applied) {
    assertEquals(1, applied.outcomes().size());
    return applied.outcomes().getFirst().verdict();
  }

  private static int refusal(Verdict verdict) {
    return assertInstanceOf(Verdict.Refused.class, verdict).error().code();
  }

  private static Event.Changed changed(Applied applied) {
    assertEquals(1, applied.events().size());
    return assertInstanceOf(Event.Changed.class, applied.events().getFirst());
  }

  private Message message(String serial) {
    return Objects.requireNonNull(stored.message(serial)).message();
  }

  @Test
  void aBatchIsOneFrameWithOneSerialPerMessage() {
    Applied applied = stored.add(Parts.publish("alice", 7, "a", "b"));
    Event.Created created = assertInstanceOf(Event.Created.class, applied.events().getFirst());
    assertEquals("alice:7", created.id());
    List<String> serials = List.of(stored.serial(0, 0), stored.serial(0, 1));
    assertEquals(serials, created.messages().stream().map(Message::serial).toList());
    assertEquals(serials, assertInstanceOf(Verdict.Accepted.class, only(applied)).serials());
    assertEquals(
        serials.get(1), Objects.requireNonNull(message(serials.get(1)).version()).serial());
  }

  @Test
  void whatHasExpiredIsNotChangedAnyMoreWhateverIsInMemory() {
    String old = published("old");
    stored.pass(100);
    stored.add(Parts.publish("alice", 1, "young"));
    String young = stored.serial(0, 0);
    long between = stored.state().lastTime() - 50;
    stored.add(new Part.Expire(between));
    assertEquals(40_400, refusal(only(stored.add(Parts.append("alice", 2, old, "x")))));
    assertInstanceOf(
        Verdict.Accepted.class, only(stored.add(Parts.append("alice", 3, young, "x"))));
    stored.checkpoint();
    stored.restarted();
    assertEquals(between, stored.state().expiredBefore());
    assertEquals(40_400, refusal(only(stored.add(Parts.append("alice", 4, old, "x")))));
  }

  @Test
  void nothingThatComesLaterHasExpired() {
    stored.add(new Part.Expire(Long.MAX_VALUE));
    String later = published("later");
    assertInstanceOf(
        Verdict.Accepted.class, only(stored.add(Parts.append("alice", 2, later, "x"))));
  }

  @Test
  void whatSaysThatMessagesHaveExpiredMakesNoChannelYounger() {
    published("old");
    long said = stored.state().lastSaid();
    stored.pass(100);
    stored.add(new Part.Expire(said + 50));
    assertEquals(said, stored.state().lastSaid());
    stored.checkpoint();
    stored.restarted();
    assertEquals(said, stored.state().lastSaid());
  }

  @Test
  void whatComesBehindAnExpiryIsNotFromBeforeIt() {
    published("old");
    stored.pass(4_000);
    stored.add(new Part.Expire(Long.MAX_VALUE));
    stored.pass(-10);
    stored.add(Parts.publish("alice", 1, "later"));
    String later = stored.serial(0, 0);
    assertInstanceOf(
        Verdict.Accepted.class, only(stored.add(Parts.append("alice", 2, later, "x"))));
  }

  @Test
  void timeNeverStepsBack() {
    ChannelState state = new ChannelState(Stored.GENERATION, FoldLimits.DEFAULT);
    state.apply(1, 5_000, new Entry(List.of(Parts.publish("a", 0, "x"))));
    Applied later = state.apply(2, 4_000, new Entry(List.of(Parts.publish("a", 1, "y"))));
    assertEquals(5_000, later.events().getFirst().time());
    assertEquals(5_000, state.lastTime());
  }

  @Test
  void anEntryThatIsNotTheNextIsAFault() {
    published("x");
    Entry entry = new Entry(List.of(Parts.publish("a", 1, "y")));
    assertThrows(IllegalStateException.class, () -> stored.state().apply(1, 0, entry));
  }

  @Test
  void anUpdateReplacesWhatItNamesAndKeepsTheRest() {
    String serial = published("x");
    Event.Changed event = changed(stored.add(Parts.update("alice", 1, serial, "y")));
    Message now = message(serial);
    assertEquals(MessageAction.UPDATE, now.action());
    assertEquals("y", stored.text(serial));
    assertEquals("name", now.name());
    assertEquals("alice:0:0", now.id());
    assertEquals("alice:1", event.id());
    assertEquals(now, event.delta());
    assertEquals(stored.serial(0, 0), Objects.requireNonNull(now.version()).serial());
  }

  @Test
  void aDeleteKeepsWhatItDoesNotReplace() {
    String serial = published("x");
    stored.add(Parts.delete("alice", 1, serial));
    Message now = message(serial);
    assertEquals(MessageAction.DELETE, now.action());
    assertEquals("x", stored.text(serial));
    assertEquals("name", now.name());
  }

  @Test
  void aDeleteWithEmptyDataLeavesNone() {
    String serial = published("x");
    Data empty = Data.text("");
    stored.add(Parts.mutate(MessageAction.DELETE, "alice", 1, serial, empty, false));
    assertEquals(MessageAction.DELETE, message(serial).action());
    assertEquals("", stored.text(serial));
  }

  @Test
  void aDeleteOfAnEarlierFormTakesTheDataAwayForEver() {
    Stored early = new Stored(FoldLimits.DEFAULT.ofEarlyForms());
    early.add(Parts.publish("alice", 0, "x"));
    String serial = early.serial(0, 0);
    early.add(Parts.delete("alice", 1, serial));
    Map<String, Object> before = early.all();
    assertNull(Objects.requireNonNull(early.message(serial)).message().data());
    assertEquals(before, early.restarted(FoldLimits.DEFAULT).all());
  }

  @Test
  void aDeleteInALogWithoutLimitsTakesTheDataAway() {
    ChannelState state = new ChannelState(Stored.GENERATION, FoldLimits.DEFAULT);
    state.apply(1, 5_000, new Entry(List.of(Parts.publish("a", 0, "x"))));
    String serial = new Serial(new Cursor(Stored.GENERATION, 1, 0), 0).toString();
    state.apply(2, 5_000, new Entry(List.of(Parts.delete("a", 1, serial))));
    assertNull(Objects.requireNonNull(state.message(serial)).message().data());
  }

  @Test
  void nothingIsAppendedToADeletedMessageButAnUpdateBringsItBack() {
    String serial = published("x");
    stored.add(Parts.delete("alice", 1, serial));
    assertEquals(40000, refusal(only(stored.add(Parts.append("alice", 2, serial, "y")))));
    stored.add(Parts.update("alice", 3, serial, "z"));
    stored.add(Parts.append("alice", 4, serial, "!"));
    assertEquals("z!", stored.text(serial));
  }

  @Test
  void aChangeOfAMessageThatIsNotThereIsRefused() {
    published("x");
    String nowhere = stored.serial(5, 0);
    assertEquals(40400, refusal(only(stored.add(Parts.update("alice", 1, nowhere, "y")))));
    assertEquals(40400, refusal(only(stored.add(Parts.append("alice", 2, nowhere, "y")))));
    assertEquals(40400, refusal(only(stored.add(Parts.delete("alice", 3, nowhere)))));
  }

  @Test
  void othersMessagesNeedTheRightToAny() {
    String serial = published("x");
    assertEquals(40160, refusal(only(stored.add(Parts.update("bob", 0, serial, "y")))));
    assertEquals(40160, refusal(only(stored.add(Parts.delete("bob", 1, serial)))));
    assertEquals(40160, refusal(only(stored.add(Parts.append("bob", 2, serial, "y")))));
    assertEquals("x", stored.text(serial));
    stored.add(Parts.appendData("bob", 3, serial, true, Data.text("y")));
    assertEquals("xy", stored.text(serial));
    stored.add(Parts.mutate(MessageAction.DELETE, "bob", 4, serial, null, true));
    assertEquals(MessageAction.DELETE, message(serial).action());
  }

  @Test
  void appendsJoinAndTheEventBringsOnlyWhatCame() {
    String serial = published("one");
    Event.Changed event = changed(stored.add(Parts.append("alice", 1, serial, " two", " three")));
    assertEquals(MessageAction.APPEND, event.delta().action());
    assertEquals(Data.text(" two three"), event.delta().data());
    assertEquals(Data.text("one two three"), event.whole().message().data());
    assertEquals("one two three", stored.text(serial));
  }

  @Test
  void allFramesOfAPartMakeTheSameVersion() {
    String serial = published("x");
    Applied applied = stored.add(Parts.append("alice", 1, serial, "a", "b", "c"));
    assertEquals(3, applied.outcomes().size());
    String version = Objects.requireNonNull(message(serial).version()).serial();
    for (Applied.Outcome outcome : applied.outcomes()) {
      assertEquals(List.of(stored.serial(0, 0)), ((Verdict.Accepted) outcome.verdict()).serials());
    }
    assertEquals(stored.serial(0, 0), version);
  }

  @Test
  void eventsOutliveTheGrowthOfTheirMessage() {
    String serial = published("");
    List<Event.Changed> events = new ArrayList<>();
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= 50; i++) {
      events.add(changed(stored.add(Parts.append("alice", 2L * i, serial, "<" + i, ">"))));
    }
    for (int i = 1; i <= 50; i++) {
      expected.append('<').append(i).append('>');
      assertEquals(Data.text("<" + i + ">"), events.get(i - 1).delta().data());
      assertEquals(Data.text(expected.toString()), events.get(i - 1).whole().message().data());
    }
  }

  @Test
  void aFrameOverTheLimitIsRefusedAlone() {
    Stored small = new Stored(Stored.room(10, 200, 300_000));
    small.add(Parts.publish("alice", 0, "12345"));
    String serial = small.serial(0, 0);
    Applied applied = small.add(Parts.append("alice", 1, serial, "678", "too long", "90"));
    assertEquals(40009, refusal(applied.outcomes().get(1).verdict()));
    assertEquals("1234567890", small.text(serial));
    String tooLong = "x".repeat(5_000);
    assertEquals(40009, refusal(only(small.add(Parts.update("alice", 9, serial, tooLong)))));
    assertEquals("1234567890", small.text(serial));
  }

  @Test
  void theLimitCountsWhatIsWrittenInTheLargerFormat() {
    Stored small = new Stored(Stored.room(10, 200, 300_000));
    small.add(Parts.publish("alice", 0, ""));
    String serial = small.serial(0, 0);
    assertEquals(40009, refusal(only(small.add(Parts.append("alice", 1, serial, "\n\n\n\n\n\n")))));
    small.add(Parts.append("alice", 2, serial, "\n\n\n\n\n"));
    assertEquals("\n\n\n\n\n", small.text(serial));
  }

  private static Part.Mutate changing(
      MessageAction action, long msgSerial, String target, @Nullable Data data, String metadata) {
    Part.Mutate part = Parts.mutate(action, "alice", msgSerial, target, data, false);
    return new Part.Mutate(
        part.origin(),
        action,
        target,
        part.change(),
        part.author(),
        new Version(null, 0, null, null, metadata),
        false);
  }

  @Test
  void aChangeIsJudgedByWhatItMakesAndNotByWhatItReplaces() {
    Stored small = new Stored(Stored.room(2_000, 200, 300_000));
    small.add(Parts.publish("alice", 0, "x"));
    String serial = small.serial(0, 0);
    String much = "{\"a\":\"" + "m".repeat(600) + "\"}";
    assertEquals(
        40009, refusal(only(small.add(changing(MessageAction.UPDATE, 1, serial, null, much)))));
    String some = much.substring(0, 420) + "\"}";
    small.add(changing(MessageAction.UPDATE, 2, serial, null, some));
    small.add(Parts.update("alice", 3, serial, "y".repeat(1_900)));
    assertEquals("y".repeat(1_900), small.text(serial));
    // full now, and can be deleted all the same
    small.add(changing(MessageAction.DELETE, 4, serial, null, some));
    assertEquals(
        MessageAction.DELETE, Objects.requireNonNull(small.message(serial)).message().action());
    small.add(Parts.update("alice", 5, serial, "z"));
    small.add(changing(MessageAction.UPDATE, 6, serial, null, some));
    small.add(Parts.append("alice", 7, serial, "!".repeat(1_900)));
    assertEquals("z" + "!".repeat(1_900), small.text(serial));
  }

  @Test
  void anEntryOfAnEarlierFormIsJudgedAsItWas() {
    Stored early = new Stored(Stored.room(2_000, 200, 300_000).ofEarlyForms());
    early.add(Parts.publish("alice", 0, "x"));
    String serial = early.serial(0, 0);
    String much = "{\"a\":\"" + "m".repeat(600) + "\"}";
    early.add(changing(MessageAction.UPDATE, 1, serial, null, much));
    assertEquals(40009, refusal(only(early.add(Parts.update("alice", 2, serial, "y")))));
    Map<String, Object> before = early.all();
    assertEquals(before, early.restarted(FoldLimits.DEFAULT).all());
  }

  @Test
  void whatClientsCanMakeLongIsWeighed() {
    String serial = published("x");
    int plain = changed(stored.add(Parts.update("alice", 1, serial, "y"))).weight();
    String metadata = "{\"a\":\"" + "m".repeat(10_000) + "\"}";
    Event.Changed event =
        changed(stored.add(changing(MessageAction.UPDATE, 2, serial, Data.text("y"), metadata)));
    assertTrue(event.weight() >= plain + 10_000, "event " + event.weight());
    assertTrue(event.whole().weight() >= 10_000, "message " + event.whole().weight());
  }

  @Test
  void textAndBytesDoNotMix() {
    String serial = published("x");
    Data bytes = Data.binary(new byte[] {1});
    Applied applied =
        stored.add(
            Parts.appendData("alice", 1, serial, false, Data.text("y"), bytes, Data.text("z")));
    assertEquals(40000, refusal(applied.outcomes().get(1).verdict()));
    assertEquals("xyz", stored.text(serial));
  }

  @Test
  void anEmptyMessageTakesEitherKindButOnlyOneOfThem() {
    String serial = published("");
    Data bytes = Data.binary(new byte[] {1});
    Applied applied =
        stored.add(Parts.appendData("alice", 1, serial, false, bytes, Data.text("x")));
    assertEquals(40000, refusal(applied.outcomes().get(1).verdict()));
    assertEquals(bytes, message(serial).data());
  }

  @Test
  void versionsArePutAsideWhenReplacedButNotForAppends() {
    String serial = published("x");
    stored.add(Parts.append("alice", 1, serial, "y"));
    stored.add(Parts.append("alice", 2, serial, "z"));
    stored.add(Parts.update("alice", 3, serial, "new"));
    stored.add(Parts.delete("alice", 4, serial));
    List<String> texts =
        stored.state().unwrittenRecords(RecordKind.VERSION).values().stream()
            .map(StoredMessage::decode)
            .map(m -> Objects.requireNonNull(m.message().data()).asText())
            .toList();
    assertEquals(List.of("xyz", "new"), texts);
    assertEquals(2, Objects.requireNonNull(stored.message(serial)).versions());
  }

  @Test
  void whatAnUpdateSaidIsKeptWhenAppendsFollow() {
    String serial = published("x");
    stored.add(Parts.update("alice", 1, serial, "edited"));
    stored.add(Parts.append("alice", 2, serial, "+"));
    stored.checkpoint();
    stored.state().shrink(0);
    stored.add(Parts.append("alice", 3, serial, "+"));
    stored.add(Parts.delete("alice", 4, serial));
    assertEquals(40000, refusal(only(stored.add(Parts.append("alice", 5, serial, "-")))));
    stored.checkpoint();
    List<String> versions =
        stored.records(RecordKind.VERSION).values().stream()
            .map(StoredMessage::decode)
            .map(StoredMessage::message)
            .map(m -> m.action() + " " + Objects.requireNonNull(m.data()).asText())
            .toList();
    assertEquals(List.of("CREATE x", "UPDATE edited", "UPDATE edited++"), versions);
    assertEquals(3, Objects.requireNonNull(stored.message(serial)).versions());
  }

  @Test
  void aMessageNotInMemoryIsAskedFor() {
    String serial = published("x");
    stored.checkpoint();
    stored.state().shrink(0);
    Entry entry = new Entry(List.of(Parts.append("alice", 1, serial, "y")));
    assertEquals(java.util.Set.of(serial), stored.state().missing(entry));
    stored.add(entry.parts());
    assertEquals("xy", stored.text(serial));
  }

  private int appendedTo(
      @Nullable String encoding, String text, @Nullable String moreEncoding, String more) {
    Part.Publish plain = Parts.publish("alice", 2L * stored.entries.size(), text);
    Message first = plain.messages().getFirst();
    Message encoded =
        new Message(
            first.action(),
            first.id(),
            first.name(),
            first.data(),
            encoding,
            first.clientId(),
            first.connectionId(),
            null,
            0,
            null,
            null,
            null);
    stored.add(new Part.Publish(plain.origin(), List.of(encoded)));
    Part.Append append =
        Parts.append("alice", 2L * stored.entries.size(), stored.serial(0, 0), more);
    Applied applied =
        stored.add(
            new Part.Append(
                append.target(),
                new Part.Change(null, null, moreEncoding, null),
                append.author(),
                append.version(),
                false,
                append.pieces()));
    Verdict verdict = applied.outcomes().getFirst().verdict();
    return verdict instanceof Verdict.Refused ? refusal(verdict) : 0;
  }

  @Test
  void onlyDataOfTheSameEncodingThatJoinsIsAppended() {
    assertEquals(0, appendedTo(null, "a", null, "b"));
    assertEquals(0, appendedTo("utf-8", "a", "utf-8", "b"));
    assertEquals(0, appendedTo(null, "", "json", "{}"));
    assertEquals(0, appendedTo("json", "{}", null, ""));
    assertEquals(40000, appendedTo("json", "{}", null, "b"));
    assertEquals(40000, appendedTo(null, "a", "json", "{}"));
    assertEquals(40000, appendedTo("json", "{}", "json", "{}"));
    String cipher = "utf-8/cipher+aes-128-cbc";
    assertEquals(40000, appendedTo(cipher, "a", cipher, "b"));
    assertEquals(40000, appendedTo(cipher, "a", null, "b"));
  }
}
