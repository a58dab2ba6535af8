package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.RecordKind;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AnnotatingTest {
  private static final String TOTAL = "n:total.v1";
  private static final long ALL = Flags.DEFAULT_MODES | Flags.ANNOTATION_SUBSCRIBE;
  private final House house = new House();

  private static String total(int count) {
    return "{\"n:total.v1\":{\"total\":" + count + "}}";
  }

  private static ChannelSettings keepingNothingInMemory() {
    ChannelSettings usual = ChannelSettings.DEFAULT;
    return new ChannelSettings(
        usual.limits(),
        usual.recentBytes(),
        0,
        0,
        usual.entryBytes(),
        usual.objectPageBytes(),
        usual.backlogBytes(),
        usual.unackedBytes(),
        usual.idle(),
        usual.resumeHorizon(),
        usual.earlierBootGrace());
  }

  private String annotated(long msgSerial, String target) {
    House.Answer answer = house.annotate("p", msgSerial, target, TOTAL);
    house.world.run();
    return answer.serial();
  }

  @Test
  void annotationsGoToWhoAskedAndSummariesToEveryReader() {
    String serial = house.published("p", 0, "hello");
    Reader plain = house.reader("r").attach();
    Reader curious = house.reader("s").attach(ALL);
    String given = annotated(1, serial);
    assertTrue(plain.all(Frame.Annotations.class).isEmpty());
    Frame.Annotations told = curious.all(Frame.Annotations.class).getFirst();
    Annotation annotation = told.annotations().getFirst();
    assertEquals(given, annotation.serial());
    assertEquals(serial, annotation.messageSerial());
    assertEquals("p:1", told.id());
    assertEquals(total(1), plain.summaries.get(serial));
    assertEquals(total(1), curious.summaries.get(serial));
  }

  @Test
  void oneWhoHearsNoMessagesHearsNoSummaries() {
    String serial = house.published("p", 0, "hello");
    Reader deaf = house.reader("r").attach(Flags.ANNOTATION_SUBSCRIBE);
    annotated(1, serial);
    assertEquals(1, deaf.all(Frame.Annotations.class).size());
    assertEquals(0, deaf.summed());
  }

  @Test
  void summariesOfAMessageComeAtMostOnceInAWhileAndTheLastIsTrue() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach();
    for (int i = 1; i <= 50; i++) {
      annotated(i, serial);
      house.world.pass(5);
    }
    assertTrue(reader.summed() >= 2 && reader.summed() <= 4, "summaries " + reader.summed());
    house.world.pass(Summaries.WINDOW);
    assertEquals(total(50), reader.summaries.get(serial));
    long before = reader.summed();
    house.world.pass(10_000);
    assertEquals(before, reader.summed());
  }

  @Test
  void messagesAreSummarisedApart() {
    String one = house.published("p", 0, "one");
    String two = house.published("p", 1, "two");
    Reader reader = house.reader("r").attach();
    annotated(2, one);
    annotated(3, two);
    assertEquals(2, reader.summed());
  }

  @Test
  void whatIsNotSummarisedIsToldOnly() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach(ALL);
    house.annotate("p", 1, serial, "comment:thread");
    house.world.pass(1_000);
    assertEquals(1, reader.all(Frame.Annotations.class).size());
    assertEquals(0, reader.summed());
  }

  @Test
  void aReaderThatWasAwayIsToldWhatItMissedAndWhatItAddsUpTo() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach(ALL);
    Holding held = reader.lose();
    annotated(1, serial);
    annotated(2, serial);
    reader.attach(reader.serial, null, held, ALL);
    house.world.run();
    assertTrue(reader.resumed());
    assertEquals(2, reader.all(Frame.Annotations.class).size());
    assertEquals(total(2), reader.summaries.get(serial));
    assertEquals(1, reader.summed());
  }

  @Test
  void itIsToldFromTheLogToo() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach(ALL);
    reader.lose();
    for (int i = 1; i <= 20; i++) {
      annotated(i, serial);
    }
    house.restart();
    reader.attach(reader.serial, null, null, ALL);
    house.world.run();
    assertTrue(reader.resumed());
    assertEquals(20, reader.all(Frame.Annotations.class).size());
    assertEquals(total(20), reader.summaries.get(serial));
    assertEquals(1, reader.summed());
  }

  @Test
  void aSummaryThatWasWaitingWhenAReaderWasCutOffIsNotLost() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach();
    annotated(1, serial);
    annotated(2, serial);
    house.published("p", 3, "later");
    assertEquals(total(1), reader.summaries.get(serial), "the second waits");
    Holding held = reader.lose();
    house.world.pass(1_000);
    reader.resume(held);
    assertTrue(reader.resumed());
    assertEquals(total(2), reader.summaries.get(serial));
  }

  @Test
  void noRatherWhenTheServerWasKilledInstead() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach();
    annotated(1, serial);
    annotated(2, serial);
    house.published("p", 3, "later");
    reader.lose();
    house.channels.compact(House.ROOM);
    house.world.run();
    house.restart();
    reader.resume(null);
    assertTrue(reader.resumed());
    assertEquals(total(2), reader.summaries.get(serial));
    assertEquals(List.of("later"), reader.has());
  }

  @Test
  void whatWaitsIsTheNewestThoughNobodyListenedWhenItCame() {
    House forgetful = new House(keepingNothingInMemory());
    String serial = forgetful.published("p", 0, "hello");
    Reader reader = forgetful.reader("r").attach();
    for (int i = 1; i <= 2; i++) {
      forgetful.annotate("p", i, serial, TOTAL);
      forgetful.world.run();
    }
    Holding held = reader.lose();
    forgetful.annotate("p", 3, serial, TOTAL);
    forgetful.world.run();
    reader.resume(held);
    forgetful.world.pass(1_000);
    assertEquals(total(3), reader.summaries.get(serial));
  }

  @Test
  void aSlowReaderGetsTheNewestOfWhatWaited() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach();
    reader.writable = false;
    for (int i = 1; i <= 10; i++) {
      annotated(i, serial);
      house.world.pass(200);
    }
    reader.room();
    assertEquals(1, reader.summed());
    assertEquals(total(10), reader.summaries.get(serial));
  }

  @Test
  void aMessageIsReadWithItsSummaryAndRewoundWithIt() {
    String serial = house.published("p", 0, "hello");
    annotated(1, serial);
    Message message = house.await(house.channels.message(House.ROOM, serial));
    assertEquals(total(1), Objects.requireNonNull(message).summary());
    Message past =
        house.await(house.channels.history(House.ROOM, House.newest(1))).items().getFirst();
    assertEquals(total(1), past.summary());
    Reader reader = house.reader("r");
    reader.attach(null, new Rewind(1, 0), null, Flags.DEFAULT_MODES);
    house.world.run();
    assertEquals(total(1), reader.summaries.get(serial));
  }

  @Test
  void annotationsAreReadOldestFirstPageByPage() {
    String serial = house.published("p", 0, "hello");
    String other = house.published("p", 1, "other");
    for (int i = 2; i < 12; i++) {
      annotated(i, i % 5 == 0 ? other : serial);
      if (i == 6) {
        house.channels.compact(House.ROOM);
        house.world.run();
      }
    }
    Page<Annotation> first = house.await(house.channels.annotations(House.ROOM, serial, 5, null));
    Page<Annotation> second =
        house.await(house.channels.annotations(House.ROOM, serial, 5, first.next()));
    assertEquals(
        List.of("p:2:0", "p:3:0", "p:4:0", "p:6:0", "p:7:0"),
        first.items().stream().map(Annotation::id).toList());
    assertEquals(
        List.of("p:8:0", "p:9:0", "p:11:0"), second.items().stream().map(Annotation::id).toList());
    assertNull(second.next());
  }

  @Test
  void oneClientsPartIsReadAlone() {
    String serial = house.published("p", 0, "hello");
    house.annotate("a", 0, serial, "n:flag.v1");
    house.annotate("b", 0, serial, "n:flag.v1");
    house.world.run();
    assertEquals(
        "{\"n:flag.v1\":{\"total\":1,\"clientIds\":[\"a\"],\"clipped\":false}}",
        house.await(house.channels.summaryOf(House.ROOM, serial, "a")));
    assertNull(house.await(house.channels.summaryOf(House.ROOM, "none", "a")));
  }

  @Test
  void whatIsTakenBackIsTakenBack() {
    String serial = house.published("p", 0, "hello");
    Reader reader = house.reader("r").attach(ALL);
    annotated(1, serial);
    house.submit(House.annotating(AnnotationAction.DELETE, "p", 2, serial, TOTAL));
    house.world.pass(1_000);
    assertEquals(total(0), reader.summaries.get(serial));
    assertEquals(
        AnnotationAction.DELETE,
        reader.all(Frame.Annotations.class).getLast().annotations().getFirst().action());
  }

  @Test
  void aMessageThatIsNotThereIsNotAnnotated() {
    House.Answer answer = house.annotate("p", 0, "nowhere", TOTAL);
    house.world.run();
    assertEquals(40400, answer.refusal());
  }

  @Test
  void annotationsGoWithTheirMessage() {
    String serial = house.published("p", 0, "hello");
    annotated(1, serial);
    house.world.pass(60_000);
    house.channels.retireIdle();
    house.world.pass(1_000);
    house.published("p", 2, "young");
    house.channels.expire(House.ROOM, house.world.now() - 30_000);
    house.world.run();
    byte kind = RecordKind.ANNOTATION.code();
    assertNotNull(house.await(house.journal.get(House.ROOM, RecordKind.STATE.code(), "")));
    assertTrue(
        house
            .await(
                house.journal.scan(House.ROOM, kind, null, null, Direction.FORWARDS, 10, 1_000_000))
            .isEmpty());
  }
}
