package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.davidehrmann.vcdiff.VCDiffDecoderBuilder;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Channels seen through qualifiers, filters, params and deltas. */
class ViewsTest {
  private static final String LONG = "a rather long text that hardly ever changes much, number ";
  private final Lobby lobby = new Lobby();
  private final Client agent = lobby.client().connect();
  private final Client reader = lobby.client(Pass.named("reader")).connect();

  private static String derived(String expression) {
    byte[] bytes = expression.getBytes(StandardCharsets.UTF_8);
    return "[filter=" + Base64.getEncoder().encodeToString(bytes) + "]room";
  }

  private static Message named(String name, String text) {
    return new Message(
        MessageAction.CREATE,
        null,
        name,
        Data.text(text),
        null,
        null,
        null,
        null,
        0,
        null,
        null,
        null);
  }

  private void say(Message... messages) {
    agent.send(Client.messages("room", agent.number++, messages));
  }

  @Test
  void aQualifiedChannelIsTheChannelUnderTheNameItWasAttachedBy() {
    agent.published("room", "one");
    reader.attach("[?rewind=1]room");
    agent.published("room", "two");
    assertEquals("[?rewind=1]room", reader.last(Frame.Attached.class).channel());
    assertEquals(Map.of("rewind", "1"), reader.last(Frame.Attached.class).params());
    assertEquals(List.of("CREATE one", "CREATE two"), reader.heard());
    reader
        .all(Frame.Messages.class)
        .forEach(frame -> assertEquals("[?rewind=1]room", frame.channel()));
    reader.published("[?rewind=1]room", "mine");
    agent.attach("room", null, Map.of("rewind", "1"));
    assertEquals(List.of("CREATE mine"), agent.heard());
  }

  @Test
  void paramsOfTheFrameGoBeforeThoseOfTheName() {
    agent.published("room", "one");
    agent.published("room", "two");
    reader.attach("[?rewind=1]room", null, Map.of("rewind", "2"));
    assertEquals(List.of("CREATE one", "CREATE two"), reader.heard());
  }

  @Test
  void oneConnectionMayBeAttachedByTwoNames() {
    reader.attach("room").attach(derived("name == 'a'"));
    say(named("a", "x"), named("b", "y"));
    assertEquals(List.of("CREATE x", "CREATE y", "CREATE x"), reader.heard());
    reader.send(new Frame.Detach("room"));
    say(named("a", "z"));
    assertEquals("CREATE z", reader.heard().getLast());
    assertEquals(4, reader.heard().size());
  }

  @Test
  void aDerivedChannelHasWhatPassesItsFilter() {
    reader.attach(derived("name == 'a'"));
    say(named("b", "no"));
    say(named("b", "no"), named("a", "yes"), named("b", "no"));
    assertEquals(List.of("CREATE yes"), reader.heard());
    Frame.Messages frame = reader.last(Frame.Messages.class);
    assertEquals(agent.id() + ":1:1", frame.messages().getFirst().id());
  }

  @Test
  void aMessageThatBeginsToPassComesWhole() {
    reader.attach(derived("data != 'secret'"));
    String serial = agent.published("room", "secret");
    agent.append("room", serial, " no more");
    lobby.world.run();
    agent.append("room", serial, ", see");
    lobby.world.run();
    assertEquals(List.of("UPDATE secret no more", "APPEND , see"), reader.heard());
  }

  @Test
  void aFilterHoldsThroughAResume() {
    reader.attach(derived("name == 'a'"));
    say(named("a", "one"));
    reader.cut();
    say(named("b", "no"), named("a", "two"));
    Client back = reader.next();
    back.attach(derived("name == 'a'"), reader.place(derived("name == 'a'")), Map.of());
    assertTrue(back.attachedAndResumed());
    assertEquals(List.of("CREATE two"), back.heard());
  }

  @Test
  void aBadFilterFailsTheAttach() {
    reader.attach(derived("name =="));
    Frame.ProtocolError error = reader.last(Frame.ProtocolError.class);
    assertEquals(40003, error.error().code());
    assertEquals(derived("name =="), error.channel());
  }

  @Test
  void badParamsFailTheAttachWhereverTheyStand() {
    for (String qualifier : List.of("delta=zip", "rewind=x", "occupancy=all", "appendMode=no")) {
      reader.attach("[?" + qualifier + "]room");
      assertEquals(40000, reader.last(Frame.ProtocolError.class).error().code(), qualifier);
    }
  }

  @Test
  void appendsComeWholeWhereThatIsWanted() {
    reader.attach("room", null, Map.of("appendMode", "full"));
    String serial = agent.published("room", "a");
    agent.append("room", serial, "b");
    lobby.world.run();
    agent.append("room", serial, "c");
    lobby.world.pass(1_000);
    assertEquals(List.of("CREATE a", "UPDATE ab", "UPDATE abc"), reader.heard());
  }

  @Test
  void onMetaChannelsNobodyButTheServerSpeaks() {
    reader.attach("[meta]log");
    assertEquals(Flags.SUBSCRIBE, reader.last(Frame.Attached.class).flags() & Flags.MODES);
    reader.publish("[meta]log", "me");
    lobby.world.run();
    assertEquals(40160, reader.refusedWith());
  }

  @Test
  void aQualifierIsNoWayIntoAMetaChannel() {
    reader.attach("[?rewind=1][meta]log");
    assertEquals(40010, reader.last(Frame.ProtocolError.class).error().code());
    assertEquals(List.of(), reader.all(Frame.Attached.class));
  }

  @Test
  void annotationsNeedAChannelThatAllowsThem() {
    reader.send(new Frame.Attach("fixed", null, Flags.ANNOTATION_SUBSCRIBE, Map.of()));
    assertEquals(93002, reader.last(Frame.ProtocolError.class).error().code());
  }

  // ---- deltas ----

  /** The texts as a client with a decoder makes them; each message over the one before. */
  private static List<String> decoded(Client client) throws IOException {
    List<String> texts = new ArrayList<>();
    byte[] base = null;
    String id = "";
    for (Frame.Messages frame : client.all(Frame.Messages.class)) {
      int index = 0;
      for (Message message : frame.messages()) {
        byte[] data = Objects.requireNonNull(message.data()).toByteArray();
        if (delta(message)) {
          assertTrue(
              Objects.requireNonNull(message.extras())
                  .json()
                  .contains("\"delta\":{\"from\":\"" + id + "\",\"format\":\"vcdiff\"}"));
          ByteArrayOutputStream whole = new ByteArrayOutputStream();
          VCDiffDecoderBuilder.builder()
              .buildSimple()
              .decode(Objects.requireNonNull(base), data, whole);
          data = whole.toByteArray();
        }
        base = data;
        id = message.id() == null ? frame.id() + ":" + index : message.id();
        index++;
        texts.add(new String(data, StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  private static boolean delta(Message message) {
    return message.encoding() != null && message.encoding().endsWith("vcdiff");
  }

  private static List<Boolean> deltas(Client client) {
    return client.all(Frame.Messages.class).stream()
        .flatMap(frame -> frame.messages().stream())
        .map(ViewsTest::delta)
        .toList();
  }

  @Test
  void afterTheFirstMessageDataComesAsDifferences() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    say(named("n", LONG + 1));
    say(named("n", LONG + 2), named("n", LONG + 3));
    say(named("n", LONG + 4));
    assertEquals(List.of(false, true, true, true), deltas(reader));
    assertEquals(List.of(LONG + 1, LONG + 2, LONG + 3, LONG + 4), decoded(reader));
    Message last = reader.last(Frame.Messages.class).messages().getFirst();
    assertEquals("utf-8/vcdiff", last.encoding());
  }

  @Test
  void inTheFirstFrameTheSecondMessageIsADifferenceToTheFirst() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    Client plain = lobby.client().connect().attach("room");
    say(named("n", LONG + 1), named("n", LONG + 2), named("n", LONG + 3));
    say(named("n", LONG + 4));
    assertEquals(List.of(false, true, true, true), deltas(reader));
    assertEquals(List.of(LONG + 1, LONG + 2, LONG + 3, LONG + 4), decoded(reader));
    assertEquals(List.of(false, false, false, false), deltas(plain));
  }

  @Test
  void rewoundMessagesComeWhole() throws IOException {
    say(named("n", LONG + 1));
    say(named("n", LONG + 2));
    reader.attach("room", null, Map.of("delta", "vcdiff", "rewind", "2"));
    say(named("n", LONG + 3));
    assertEquals(List.of(false, false, true), deltas(reader));
    assertEquals(List.of(LONG + 1, LONG + 2, LONG + 3), decoded(reader));
  }

  @Test
  void whoGoesOnFromFurtherBackIsNotToldTheDataOfAnAppendTwice() {
    Map<String, String> params = Map.of("delta", "vcdiff");
    String serial = agent.published("room", "a");
    reader.attach("room", null, params);
    agent.append("room", serial, "b");
    lobby.world.run();
    String before = reader.place("room");
    agent.append("room", serial, "c");
    lobby.world.run();
    reader.attach("room", before, params);
    assertEquals(List.of("UPDATE ab", "APPEND c", "UPDATE abc"), reader.heard());
  }

  @Test
  void whoDidNotAskGetsEveryMessageWhole() {
    reader.attach("room");
    say(named("n", LONG + 1));
    say(named("n", LONG + 2));
    assertEquals(List.of(false, false), deltas(reader));
  }

  @Test
  void whatWouldNotBeShorterComesWhole() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    say(named("n", LONG + 1));
    say(named("n", "x"));
    say(named("n", LONG + 2));
    assertEquals(List.of(false, false, false), deltas(reader));
    assertEquals(List.of(LONG + 1, "x", LONG + 2), decoded(reader));
  }

  @Test
  void appendsAreNeverDifferencesAndMayBeTheBaseOfTheNext() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    say(named("n", LONG + 1));
    String serial =
        Objects.requireNonNull(
            agent.last(Frame.Ack.class).results().getLast().serials().getFirst());
    agent.append("room", serial, LONG);
    lobby.world.run();
    say(named("n", LONG + 3));
    assertEquals(List.of(false, false, true), deltas(reader));
    assertEquals(List.of(LONG + 1, LONG, LONG + 3), decoded(reader));
  }

  @Test
  void aClientThatCannotReadADifferenceGetsWhatFollowsItsPlaceWhole() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    say(named("n", LONG + 1));
    String place = reader.place("room");
    say(named("n", LONG + 2));
    say(named("n", LONG + 3));
    reader.frames.clear();
    reader.attach("room", place, Map.of("delta", "vcdiff"));
    assertTrue(reader.attachedAndResumed());
    assertEquals(List.of(false, true), deltas(reader));
    assertEquals(List.of(LONG + 2, LONG + 3), decoded(reader));
  }

  @Test
  void theFirstMessageAfterAResumeIsWhole() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    say(named("n", LONG + 1));
    reader.cut();
    Client back = reader.next();
    back.attach("room", reader.place("room"), Map.of("delta", "vcdiff"));
    say(named("n", LONG + 2));
    assertEquals(List.of(false), deltas(back));
    assertFalse(decoded(back).isEmpty());
  }

  @Test
  void whoCouldNotReadADifferenceBehindAResumeIsToldAllFromBeforeItAgain() throws IOException {
    Map<String, String> deltas = Map.of("delta", "vcdiff");
    reader.attach("room", null, deltas);
    say(named("n", LONG + 1));
    String before = reader.place("room");
    agent.enter("room");
    lobby.world.run();
    reader.cut();
    say(named("n", LONG + 2));
    say(named("n", LONG + 3));
    Client back = reader.next();
    back.attach("room", reader.place("room"), deltas);
    back.frames.clear();
    back.attach("room", before, deltas);
    assertTrue(back.attachedAndResumed());
    assertEquals(List.of(LONG + 2, LONG + 3), decoded(back));
  }

  @Test
  void aSlowReaderIsSentNoDifferences() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    say(named("n", LONG + 1));
    reader.writable(false);
    say(named("n", LONG + 2));
    say(named("n", LONG + 3));
    reader.writable(true);
    say(named("n", LONG + 4));
    assertEquals(List.of(false, false, false, true), deltas(reader));
    assertEquals(List.of(LONG + 1, LONG + 2, LONG + 3, LONG + 4), decoded(reader));
  }

  @Test
  void whoAttachesAgainFromBeforeAnAttachmentThatBeganAnewGoesOnWithThat() throws IOException {
    Map<String, String> deltas = Map.of("delta", "vcdiff");
    reader.attach("room", null, deltas);
    say(named("n", "one"));
    String place = reader.place("room");
    say(named("n", "two"));
    reader.send(new Frame.Detach("room"));
    reader.attach("room", null, deltas);
    say(named("n", "three"));
    // it could not read "two" and said so before it heard of the attachment after
    reader.attach("room", place, deltas);
    say(named("n", "four"));
    assertEquals(List.of("one", "two", "three", "four"), decoded(reader));
  }

  @Test
  void whoMayNotHaveReadTheFirstFrameOfAnAttachmentIsToldThatSomethingIsMissing() {
    Map<String, String> deltas = Map.of("delta", "vcdiff");
    reader.attach("room", null, deltas);
    say(named("n", LONG + 1));
    String place = reader.place("room");
    say(named("n", LONG));
    reader.send(new Frame.Detach("room"));
    reader.attach("room", null, deltas);
    say(named("n", LONG + 2), named("n", LONG + 3));
    reader.attach("room", place, deltas);
    assertFalse(reader.attachedAndResumed());
  }

  @Test
  void aReaderOfDeltasThatAsksAgainByAnAttachedOweingARewindIsNotToldItBehindWhatCameSince()
      throws IOException {
    Map<String, String> params = Map.of("delta", "vcdiff", "rewind", "2");
    say(named("n", "one"));
    reader.attach("room", null, params);
    String owed = reader.last(Frame.Attached.class).channelSerial();
    say(named("n", "two"));
    // it had not heard "two" when it asked
    reader.attach("room", owed, params);
    say(named("n", "three"));
    assertEquals(List.of("one", "two", "three"), decoded(reader));
  }

  @Test
  void whileAnAttachThatBeginsAnewWaitsAnotherOneBeginsAnewToo() {
    Map<String, String> deltas = Map.of("delta", "vcdiff");
    reader.attach("room", null, deltas);
    String place = reader.last(Frame.Attached.class).channelSerial();
    say(named("n", "one"));
    reader.put(new Frame.Attach("room", null, 0, deltas));
    reader.send(new Frame.Attach("room", place, 0, deltas));
    assertFalse(reader.attachedAndResumed());
    assertEquals(List.of("CREATE one"), reader.heard());
  }

  @Test
  void aSlowReaderIsNotLeftWithAnOldSummaryOfAMessageThatPassesAgain() {
    String serial = agent.published("room", "a ~");
    reader.attach(derived("contains(data, '~')"));
    reader.writable(false);
    agent.append("room", serial, "b");
    agent.annotate("room", serial);
    agent.annotate("room", serial);
    agent.send(
        Client.messages(
            "room",
            agent.number++,
            Client.message(MessageAction.UPDATE, serial, null, "kept back")));
    lobby.world.pass(1_000);
    agent.append("room", serial, " ~");
    lobby.world.pass(1_000);
    reader.writable(true);
    List<String> summaries = new ArrayList<>();
    for (Frame.Messages frame : reader.all(Frame.Messages.class)) {
      frame.messages().stream()
          .map(Message::summary)
          .filter(Objects::nonNull)
          .forEach(summaries::add);
    }
    assertEquals("{\"n:total.v1\":{\"total\":2}}", summaries.getLast());
  }

  @Test
  void whatAFilterKeptBackIsNotHeldThoughAnAttachThatWasNeverAnsweredCameInBetween() {
    String view = derived("contains(data, '~')");
    Map<String, String> deltas = Map.of("delta", "vcdiff");
    reader.attach(view, null, deltas);
    String before = reader.place(view);
    String kept = agent.published("room", "kept back");
    agent.published("room", "~");
    String place = reader.place(view);
    reader.writable(false);
    reader.attach(view, before, deltas);
    reader.cut();
    Client back = reader.next();
    back.attach(view, place, deltas);
    agent.append("room", kept, " until ~");
    lobby.world.run();
    assertEquals(List.of("UPDATE kept back until ~"), back.heard());
  }

  @Test
  void bytesStayBytes() throws IOException {
    reader.attach("room", null, Map.of("delta", "vcdiff"));
    byte[] bytes = LONG.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 2; i++) {
      bytes[5] = (byte) i;
      say(
          new Message(
              MessageAction.CREATE,
              null,
              "n",
              Data.binary(bytes.clone()),
              null,
              null,
              null,
              null,
              0,
              null,
              null,
              null));
    }
    Message last = reader.last(Frame.Messages.class).messages().getFirst();
    assertEquals("vcdiff", last.encoding());
    assertArrayEquals(bytes, decoded(reader).getLast().getBytes(StandardCharsets.UTF_8));
    assertNotNull(last.extras());
    assertNull(Objects.requireNonNull(last.extras()).transportStatus());
  }
}
