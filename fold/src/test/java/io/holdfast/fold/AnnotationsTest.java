package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AnnotationsTest {
  private final Stored stored = new Stored();

  private String published(String text) {
    stored.add(Parts.publish("alice", 0, text));
    return stored.serial(0, 0);
  }

  private static Annotation like(String client, String target, String name) {
    return Parts.annotation(
        AnnotationAction.CREATE, client, target, "reaction:distinct.v1", name, 0);
  }

  private StoredMessage message(String serial) {
    return Objects.requireNonNull(stored.message(serial));
  }

  @Test
  void anAnnotationIsToldAndCounted() {
    String serial = published("hello");
    Applied applied = stored.add(Parts.annotate("bob", 0, like("bob", serial, "x")));
    Event.Annotated event = assertInstanceOf(Event.Annotated.class, applied.events().getFirst());
    Annotation told = event.annotations().getFirst();
    assertEquals(stored.serial(0, 0), told.serial());
    assertTrue(String.valueOf(told.serial()).compareTo(serial) > 0);
    assertEquals(serial, told.messageSerial());
    assertEquals("bob:0", event.id());
    assertEquals(
        List.of(stored.serial(0, 0)),
        assertInstanceOf(Verdict.Accepted.class, applied.outcomes().getFirst().verdict())
            .serials());
    assertEquals(
        "{\"reaction:distinct.v1\":{\"x\":{\"total\":1,\"clientIds\":[\"bob\"],\"clipped\":false}}}",
        message(serial).summary());
    assertEquals(message(serial).summary(), message(serial).summarised().summary());
  }

  @Test
  void theMessageItselfStaysAsItIs() {
    String serial = published("hello");
    StoredMessage before = message(serial);
    stored.add(Parts.annotate("bob", 0, like("bob", serial, "x")));
    assertEquals(before.message(), message(serial).message());
    assertEquals(before.versions(), message(serial).versions());
    assertNull(before.summary());
  }

  @Test
  void annotationsOutliveUpdatesAndAppendsAndAreOfNoVersion() {
    String serial = published("hello");
    stored.add(Parts.annotate("bob", 0, like("bob", serial, "x")));
    stored.add(Parts.update("alice", 1, serial, "new"), Parts.append("alice", 2, serial, "er"));
    assertNotNull(message(serial).summary());
    byte[] version = stored.state().unwrittenRecords(RecordKind.VERSION).firstEntry().getValue();
    assertNull(StoredMessage.decode(version).summary());
  }

  @Test
  void nothingIsAnnotatedThatIsNotThere() {
    Applied applied = stored.add(Parts.annotate("bob", 0, like("bob", "nowhere", "x")));
    Verdict verdict = applied.outcomes().getFirst().verdict();
    assertEquals(40400, assertInstanceOf(Verdict.Refused.class, verdict).error().code());
    assertTrue(applied.events().isEmpty());
    assertTrue(stored.state().unwrittenRecords(RecordKind.ANNOTATION).isEmpty());
  }

  @Test
  void aFrameThatComesAgainCountsOnce() {
    String serial = published("hello");
    Annotation total =
        Parts.annotation(AnnotationAction.CREATE, null, serial, "n:total.v1", null, 0);
    stored.add(Parts.annotate("bob", 0, total, total));
    Applied again = stored.add(Parts.annotate("bob", 0, total, total));
    assertTrue(again.events().isEmpty());
    assertEquals("{\"n:total.v1\":{\"total\":2}}", message(serial).summary());
  }

  @Test
  void everyAnnotationIsKeptUnderItsMessageAlsoWhenItIsTakenBack() {
    String serial = published("hello");
    stored.add(Parts.annotate("bob", 0, like("bob", serial, "x")));
    Annotation taken =
        Parts.annotation(AnnotationAction.DELETE, "bob", serial, "reaction:distinct.v1", "x", 0);
    stored.add(Parts.annotate("bob", 1, taken));
    stored.checkpoint();
    List<AnnotationAction> kept =
        stored.records(RecordKind.ANNOTATION).values().stream()
            .map(bytes -> AnnotationRecord.decode(bytes).action())
            .toList();
    assertEquals(List.of(AnnotationAction.CREATE, AnnotationAction.DELETE), kept);
    assertTrue(
        stored.records(RecordKind.ANNOTATION).keySet().stream()
            .allMatch(key -> key.startsWith(serial + "/")));
    assertEquals("{\"reaction:distinct.v1\":{}}", message(serial).summary());
  }

  @Test
  void toldAgainItIsTheSame() {
    String serial = published("hello");
    Part.Annotate part = Parts.annotate("bob", 0, like("bob", serial, "x"));
    Applied applied = stored.add(part);
    Cursor cursor = applied.events().getFirst().cursor();
    long time = applied.events().getFirst().time();
    assertEquals(
        applied.events().getFirst(), Retold.event(part, cursor, time, message(serial), false));
  }
}
