package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.holdfast.protocol.Frame;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SlowReaderTest {
  private final House house = new House();
  private final Reader reader = house.reader("r").attach();
  private int number;

  private String published(String text) {
    return house.published("p", number++, text);
  }

  private void append(String serial, String text) {
    house.append("p", number++, serial, text);
    house.world.run();
  }

  @Test
  void appendsToOneMessageMergeIntoOneFrameAtTheEarliestPlace() {
    String serial = published("a long enough beginning");
    reader.writable = false;
    append(serial, "1");
    String other = published("other");
    append(serial, "2");
    append(other, "!");
    append(serial, "3");
    reader.room();
    assertEquals(
        List.of("CREATE a long enough beginning", "APPEND 123", "CREATE other", "APPEND !"),
        reader.arrivals);
    List<String> places =
        reader.all(Frame.Messages.class).stream().map(Frame.Messages::channelSerial).toList();
    assertEquals(places.stream().sorted().toList(), places);
  }

  @Test
  void afterAMergeAResumeRepeatsThatMessageWholeAndOthersAsDeltas() {
    String serial = published("a long enough beginning");
    String other = published("other");
    reader.writable = false;
    append(serial, "1");
    append(other, "!");
    append(serial, "2");
    reader.room();
    List<Frame.Messages> got = reader.all(Frame.Messages.class);
    Holding held = reader.lose();
    reader.serial = got.getLast().channelSerial();
    append(serial, "3");
    append(other, "?");
    reader.resume(held);
    assertEquals(
        List.of("UPDATE a long enough beginning12", "APPEND 3", "APPEND ?"), reader.arrivals);
    assertEquals(List.of("a long enough beginning123", "other!?"), reader.has());
  }

  @Test
  void manyDeltasBecomeTheWholeMessageOnceThatIsSmaller() {
    String serial = published("");
    reader.writable = false;
    append(serial, "12345");
    house.update("p", number++, serial, "x");
    house.world.run();
    append(serial, "y");
    reader.room();
    assertEquals(List.of("CREATE ", "UPDATE xy"), reader.arrivals);
  }

  @Test
  void aWholeThatWaitsDoesNotHideWhatIsWithheldAfterIt() {
    Reader me = house.reader("me");
    me.echo = false;
    String serial = published("m");
    me.attach();
    me.writable = false;
    append(serial, "1");
    house.append("me", 0, serial, "own");
    house.world.run();
    me.room();
    append(serial, "2");
    assertEquals(List.of("m1own2"), me.has());
  }

  @Test
  void createsAndPresenceKeepTheirOrderBehindABacklog() {
    reader.writable = false;
    published("one");
    house.enter("p", number++, "ann");
    house.world.run();
    published("two");
    reader.room();
    assertEquals(
        List.of(Frame.Messages.class, Frame.Presence.class, Frame.Messages.class),
        reader.frames.stream().map(Object::getClass).skip(1).toList());
  }

  @Test
  void aReaderPastItsBoundIsDisconnectedAndCanResume() {
    reader.writable = false;
    String text = "x".repeat(60_000);
    for (int i = 0; i < 20 && reader.overrun == null; i++) {
      published(text);
    }
    assertNotNull(reader.overrun);
    assertEquals(
        io.holdfast.protocol.ErrorCode.SLOW_READER.info().code(),
        Objects.requireNonNull(reader.overrun).code());
    Holding held = reader.lose();
    reader.resume(held);
    org.junit.jupiter.api.Assertions.assertTrue(reader.resumed());
    assertEquals(house.texts(), reader.has());
  }

  @Test
  void appendsToOneMessageNeverOverrunASlowReader() {
    String serial = published("");
    reader.writable = false;
    for (int i = 0; i < 400; i++) {
      append(serial, "x".repeat(1_000));
    }
    assertNull(reader.overrun);
    reader.room();
    assertEquals(400_000, reader.has().getFirst().length());
  }

  @Test
  void aSlowReaderHoldsUpNobodyElse() {
    Reader quick = house.reader("q").attach();
    reader.writable = false;
    published("x");
    assertEquals(List.of("x"), quick.has());
    assertEquals(List.of(), reader.has());
  }
}
