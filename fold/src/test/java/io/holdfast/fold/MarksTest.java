package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Exactly once. */
class MarksTest {
  private final Stored stored = new Stored();

  private static Verdict.Accepted accepted(Applied.Outcome outcome) {
    return assertInstanceOf(Verdict.Accepted.class, outcome.verdict());
  }

  private static Verdict.Accepted only(Applied applied) {
    assertEquals(1, applied.outcomes().size());
    return accepted(applied.outcomes().getFirst());
  }

  @Test
  void aFrameInALaterEntryIsAnsweredWithItsFirstResult() {
    Verdict first = only(stored.add(Parts.publish("a", 0, "x", "y")));
    Applied again = stored.add(Parts.publish("a", 0, "x", "y"));
    assertEquals(List.of(), again.events());
    assertEquals(first, only(again));
    assertEquals(ChannelState.Extent.NONE, stored.state().extent(again.cursor()));
  }

  @Test
  void aFrameInsideALongerEntryIsSkippedThere() {
    stored.add(Parts.publish("a", 0, "x"));
    Applied again = stored.add(Parts.publish("a", 0, "x"), Parts.publish("a", 1, "y"));
    assertEquals(1, again.events().size());
    assertEquals(2, again.outcomes().size());
    assertEquals(1, accepted(again.outcomes().get(1)).items());
  }

  @Test
  void aFrameInsideALongerAppendIsSkippedThere() {
    stored.add(Parts.publish("a", 0, "x"));
    String serial = stored.serial(0, 0);
    stored.add(Parts.append("a", 1, serial, "1"));
    Applied again = stored.add(Parts.append("a", 1, serial, "1", "2"));
    assertEquals("x12", stored.text(serial));
    assertEquals(ChannelState.Extent.SOME, stored.state().extent(again.cursor()));
    Event.Changed event = assertInstanceOf(Event.Changed.class, again.events().getFirst());
    assertEquals(io.holdfast.protocol.Data.text("2"), event.delta().data());
  }

  @Test
  void aFrameTwiceInOneEntryCountsOnce() {
    Applied applied = stored.add(Parts.publish("a", 0, "x"), Parts.publish("a", 0, "x"));
    assertEquals(1, applied.events().size());
    assertEquals(accepted(applied.outcomes().get(0)), accepted(applied.outcomes().get(1)));
  }

  @Test
  void aFrameAfterARestartIsKnownFromTheManifest() {
    Verdict first = only(stored.add(Parts.publish("a", 0, "x")));
    stored.checkpoint();
    stored.restarted();
    assertEquals(first, stored.state().knownBefore(Parts.origin("a", 0)));
    assertEquals(List.of(), stored.add(Parts.publish("a", 0, "x")).events());
  }

  @Test
  void aFrameAfterARestartIsKnownFromTheLog() {
    Verdict first = only(stored.add(Parts.publish("a", 0, "x")));
    stored.restarted();
    assertEquals(first, stored.state().knownBefore(Parts.origin("a", 0)));
  }

  @Test
  void anotherIncarnationAndAnotherConnectionNumberForThemselves() {
    stored.add(Parts.publish("a", 0, "x"));
    Origin recovered = new Origin(new Publisher("a", 1), 0, null);
    assertNull(stored.state().knownBefore(recovered));
    assertEquals(1, stored.add(Parts.publish("a", recovered, "y")).events().size());
    assertEquals(1, stored.add(Parts.publish("b", 0, "z")).events().size());
  }

  private static ErrorInfo refused(Applied applied) {
    return refused(applied.outcomes().getFirst().verdict());
  }

  private static ErrorInfo refused(@Nullable Verdict verdict) {
    return assertInstanceOf(Verdict.Refused.class, verdict).error();
  }

  @Test
  void aFrameThatTheLogHasRefusedIsRefusedWhenItComesAgain() {
    stored.add(Parts.publish("a", 0, "x"));
    String serial = stored.serial(0, 0);
    stored.add(Parts.delete("a", 1, serial));
    Applied refused = stored.add(Parts.append("a", 2, serial, "y"));
    assertInstanceOf(Verdict.Refused.class, refused.outcomes().getFirst().verdict());
    stored.add(Parts.update("a", 3, serial, "x"));
    Verdict known = stored.state().knownBefore(Parts.origin("a", 2));
    assertEquals(refused(refused).code(), refused(known).code());
    stored.checkpoint();
    stored.restarted();
    Applied again = stored.add(Parts.append("a", 2, serial, "y"));
    assertEquals(refused(refused).code(), refused(again).code());
    assertEquals("x", stored.text(serial));
    only(stored.add(Parts.append("a", 4, serial, "z")));
    assertEquals("xz", stored.text(serial));
  }

  @Test
  void idempotencyKeysAreKnownWhoeverSendsThem() {
    Origin first = new Origin(new Publisher("a", 0), 4, "key");
    Verdict made = only(stored.add(Parts.publish("a", first, "x", "y")));
    Origin rest = new Origin(null, -1, "key");
    Applied again = stored.add(Parts.publish("b", rest, "x", "y"));
    assertEquals(List.of(), again.events());
    assertEquals(made, only(again));
    assertEquals(made, stored.state().knownBefore(new Origin(new Publisher("c", 0), 0, "key")));
  }

  @Test
  void restFramesWithoutAKeyAreNeverTakenForOneAnother() {
    assertEquals(1, stored.add(Parts.publish("a", Origin.NONE, "x")).events().size());
    assertEquals(1, stored.add(Parts.publish("a", Origin.NONE, "x")).events().size());
  }

  @Test
  void resultsAreForgottenFiveMinutesLaterByTheLogsTime() {
    Origin keyed = new Origin(new Publisher("a", 0), 0, "key");
    stored.add(Parts.publish("a", keyed, "x"));
    stored.pass(299_000);
    stored.add(Parts.publish("b", 0, "y"));
    assertNotNull(stored.state().knownBefore(keyed));
    assertNotNull(stored.state().knownBefore(new Origin(null, -1, "key")));
    stored.pass(2_000);
    stored.add(Parts.publish("b", 1, "z"));
    assertNull(stored.state().knownBefore(keyed));
    assertNull(stored.state().knownBefore(new Origin(null, -1, "key")));
  }

  @Test
  void aPublisherThatGoesOnKeepsItsResults() {
    for (int i = 0; i < 10; i++) {
      stored.add(Parts.publish("a", i, "x"));
      stored.pass(200_000);
    }
    assertNotNull(stored.state().knownBefore(Parts.origin("a", 0)));
  }

  @Test
  void aLedgerKeepsTheLast4096FramesAndTakesOlderOnesForApplied() {
    int frames = Ledger.MAX_FRAMES + 100;
    for (int i = 0; i < frames; i++) {
      stored.add(Parts.publish("a", i, "x"));
    }
    for (int i = 0; i < frames; i++) {
      Verdict.Accepted known = assertNotNullAccepted(i);
      assertEquals(i < 100, known.cursor() == null, "frame " + i);
    }
    assertNull(stored.state().knownBefore(Parts.origin("a", frames)));
  }

  private Verdict.Accepted assertNotNullAccepted(int msgSerial) {
    return assertInstanceOf(
        Verdict.Accepted.class, stored.state().knownBefore(Parts.origin("a", msgSerial)));
  }

  @Test
  void framesOfOneAppendTakeOneRunInTheLedger() {
    stored.add(Parts.publish("a", 0, ""));
    String serial = stored.serial(0, 0);
    int before = stored.state().marks().weight();
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      tokens.add("t");
    }
    stored.add(Parts.append("a", 1, serial, tokens.toArray(String[]::new)));
    assertTrue(stored.state().marks().weight() <= before + 200);
    assertNotNull(stored.state().knownBefore(Parts.origin("a", 1_000)));
    assertNull(stored.state().knownBefore(Parts.origin("a", 1_001)));
  }

  @Test
  void marksSurviveTheManifestExactly() {
    for (int i = 0; i < 50; i++) {
      Origin keyed = new Origin(new Publisher("p" + i % 7, i % 2), i, i % 3 == 0 ? "k" + i : null);
      stored.add(Parts.publish("p" + i % 7, keyed, "x"));
    }
    byte[] before = stored.state().manifest(0, Stored.NOTHING).encode();
    stored.checkpoint();
    stored.restarted();
    assertEquals(
        Stored.hex(before), Stored.hex(stored.state().manifest(0, Stored.NOTHING).encode()));
  }

  @Test
  void marksAreWrittenOnceAndInTheManifestOnlyWhereNoRecordHasChanged() {
    stored.add(Parts.publish("p", 0, "x"));
    Checkpoint first = stored.writeRecords();
    assertEquals(0, stored.state().manifest(0, first).state().length);
    stored.checkpoint();
    stored.add(Parts.append("p", 1, "nothing of this serial", "y"));
    byte[] before = stored.state().manifest(0, Stored.NOTHING).encode();
    assertEquals(List.of(), stored.state().checkpoint().records());
    stored.checkpoint();
    stored.restarted();
    assertEquals(
        Stored.hex(before), Stored.hex(stored.state().manifest(0, Stored.NOTHING).encode()));
  }
}
