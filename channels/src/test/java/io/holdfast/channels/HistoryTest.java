package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.Direction;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final long HORIZON = 1_000;
  private House house = new House(ChannelSettings.DEFAULT.withResumeHorizon(HORIZON));

  private Page<Message> page(
      int limit, Direction direction, @Nullable String upTo, @Nullable String after) {
    return house.await(
        house.channels.history(
            House.ROOM, new HistoryQuery(0, Long.MAX_VALUE, limit, direction, upTo, after)));
  }

  private void compact() {
    house.world.pass(2 * HORIZON);
    house.channels.compact(House.ROOM);
    house.world.run();
  }

  @Test
  void aMessageStandsAtItsPlaceAsItIsNow() {
    String first = house.published("p", 0, "a");
    house.published("p", 1, "b");
    house.append("p", 2, first, "!");
    house.world.run();
    assertEquals(List.of("b", "a!"), house.texts(House.newest(10)));
    assertEquals(List.of("a!", "b"), house.texts(House.oldest(10)));
  }

  @Test
  void aDeletedMessageStaysInItsPlace() {
    String first = house.published("p", 0, "a");
    house.submit(House.changing(MessageAction.DELETE, "p", 1, first, ""));
    house.world.run();
    house.published("p", 2, "b");
    List<Message> all = house.await(house.channels.history(House.ROOM, House.oldest(10))).items();
    assertEquals(
        List.of(MessageAction.DELETE, MessageAction.CREATE),
        all.stream().map(Message::action).toList());
    assertEquals(List.of("a", "b"), house.texts());
  }

  @Test
  void pagesFollowEachOtherInBothDirectionsWhereverTheRecordsAre() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 57; i++) {
      house.published("p", i, "m" + i);
      expected.add("m" + i);
      if (i == 20) {
        compact();
      }
      if (i == 40) {
        house.restart();
      }
    }
    for (int limit : List.of(1, 2, 7, 19, 56, 57, 58, 100)) {
      assertEquals(expected, all(limit, Direction.FORWARDS), "limit " + limit);
      assertEquals(reversed(expected), all(limit, Direction.BACKWARDS), "limit " + limit);
    }
  }

  private static List<String> reversed(List<String> list) {
    List<String> reversed = new ArrayList<>(list);
    Collections.reverse(reversed);
    return reversed;
  }

  private List<String> all(int limit, Direction direction) {
    List<String> texts = new ArrayList<>();
    String after = null;
    do {
      Page<Message> page = page(limit, direction, null, after);
      page.items().forEach(m -> texts.add(House.text(m)));
      after = page.next();
      assertTrue(after == null || page.items().size() == limit);
    } while (after != null);
    return texts;
  }

  @Test
  void theLastFullPageHasNoNext() {
    house.published("p", 0, "a", "b");
    assertNull(page(2, Direction.FORWARDS, null, null).next());
    assertNull(page(2, Direction.BACKWARDS, null, null).next());
    assertNull(page(5, Direction.BACKWARDS, null, null).next());
  }

  @Test
  void pagingIsStableWhileCheckpointsAndCompactionRunAndMessagesCome() {
    for (int seed = 0; seed < 30; seed++) {
      house = new House(ChannelSettings.DEFAULT.withResumeHorizon(HORIZON));
      pageWhileThingsHappen(seed);
    }
  }

  private void pageWhileThingsHappen(int seed) {
    Random random = new Random(seed);
    List<String> expected = new ArrayList<>();
    int number = 0;
    for (int i = 0; i < 40; i++) {
      house.published("p", number++, "m" + i);
      expected.add("m" + i);
    }
    Direction direction = random.nextBoolean() ? Direction.FORWARDS : Direction.BACKWARDS;
    List<String> got = new ArrayList<>();
    String after = null;
    do {
      var future =
          house.channels.history(
              House.ROOM,
              new HistoryQuery(
                  0, house.world.now() + 1, 1 + random.nextInt(5), direction, null, after));
      for (int i = random.nextInt(6); i >= 0; i--) {
        house.world.step();
      }
      switch (random.nextInt(3)) {
        case 0 -> house.channels.compact(House.ROOM);
        case 1 -> house.publish("p", number++, "later");
        default -> {}
      }
      if (random.nextInt(4) == 0) {
        house.world.run();
        house.world.pass(2 * HORIZON);
      }
      Page<Message> page = house.await(future);
      page.items().forEach(m -> got.add(House.text(m)));
      after = page.next();
    } while (after != null);
    got.removeIf("later"::equals);
    List<String> ordered = direction == Direction.FORWARDS ? expected : reversed(expected);
    assertEquals(ordered, got, "seed " + seed);
  }

  @Test
  void startAndEndAreInclusive() {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      house.world.pass(1_000);
      times.add(house.world.now());
      house.published("p", i, "m" + i);
    }
    assertEquals(
        List.of("m1", "m2", "m3"),
        house.texts(
            new HistoryQuery(times.get(1), times.get(3), 10, Direction.FORWARDS, null, null)));
    assertEquals(
        List.of("m3", "m2", "m1"),
        house.texts(
            new HistoryQuery(times.get(1), times.get(3), 10, Direction.BACKWARDS, null, null)));
    assertEquals(
        List.of("m3"),
        house.texts(
            new HistoryQuery(times.get(1), times.get(3), 1, Direction.BACKWARDS, null, null)));
  }

  @Test
  void historyUpToAnAttachmentMeetsItWithoutGapOrRepetition() {
    house.journal.holdCommits(true);
    house.publish("p", 0, "m0");
    house.world.run();
    for (int i = 1; i < 4; i++) {
      house.publish("p", i, "m" + i);
    }
    house.world.run();
    house.journal.holdCommits(false);
    house.world.run();
    Reader reader = house.reader("r").attach();
    String seam = reader.attached().channelSerial();
    house.published("p", 4, "m4");
    List<String> past =
        page(10, Direction.BACKWARDS, seam, null).items().stream().map(House::text).toList();
    assertEquals(List.of("m3", "m2", "m1", "m0"), past);
    assertEquals(List.of("m4"), reader.has());
  }

  @Test
  void upToASerialIncludesItAndIsKeptAcrossPages() {
    List<String> serials = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      serials.add(house.published("p", i, "m" + i));
    }
    Page<Message> first = page(2, Direction.BACKWARDS, serials.get(3), null);
    Page<Message> next = page(2, Direction.BACKWARDS, serials.get(3), first.next());
    assertEquals(List.of("m3", "m2"), first.items().stream().map(House::text).toList());
    assertEquals(List.of("m1", "m0"), next.items().stream().map(House::text).toList());
    assertEquals(4, page(10, Direction.FORWARDS, serials.get(3), null).items().size());
  }

  @Test
  void aPageEndsAtFourMebibytes() {
    String big = "x".repeat(400 * 1024);
    for (int i = 0; i < 15; i++) {
      house.published("p", i, big);
    }
    compact();
    Page<Message> page = page(100, Direction.BACKWARDS, null, null);
    assertTrue(page.items().size() < 13 && page.next() != null);
    Page<Message> rest = page(100, Direction.BACKWARDS, null, page.next());
    assertEquals(15, page.items().size() + rest.items().size());
  }

  @Test
  void versionsAreOldestFirstWithTheLatestLast() {
    String serial = house.published("p", 0, "a");
    house.append("p", 1, serial, "b");
    house.update("p", 2, serial, "c");
    house.world.run();
    compact();
    house.update("p", 3, serial, "d");
    house.world.run();
    assertEquals(List.of("ab", "c", "d"), versions(serial));
    house.restart();
    assertEquals(List.of("ab", "c", "d"), versions(serial));
    assertEquals(List.of(), versions(serial.replace('0', '1')));
  }

  @Test
  void whatWasCreatedIsListedWithoutAVersion() {
    String serial = house.published("p", 0, "a");
    assertNull(house.await(house.channels.versions(House.ROOM, serial)).getFirst().version());
    house.update("p", 1, serial, "b");
    house.world.run();
    List<Message> both = house.await(house.channels.versions(House.ROOM, serial));
    assertNull(both.getFirst().version());
    assertNotNull(both.getLast().version());
  }

  private List<String> versions(String serial) {
    return house.await(house.channels.versions(House.ROOM, serial)).stream()
        .map(House::text)
        .toList();
  }

  @Test
  void theLastHundredVersionsAreKept() {
    String serial = house.published("p", 0, "v0");
    for (int i = 1; i <= 150; i++) {
      house.update("p", i, serial, "v" + i);
    }
    house.world.run();
    compact();
    List<String> versions = versions(serial);
    assertEquals(101, versions.size());
    assertEquals("v50", versions.getFirst());
    assertEquals("v150", versions.getLast());
  }

  @Test
  void oneMessageIsReadWhereverItIs() {
    String serial = house.published("p", 0, "a");
    assertEquals("a", one(serial));
    compact();
    house.restart();
    assertEquals("a", one(serial));
    assertNull(house.await(house.channels.message(House.ROOM, serial.replace('0', '1'))));
  }

  private String one(String serial) {
    Message message = house.await(house.channels.message(House.ROOM, serial));
    return House.text(Objects.requireNonNull(message));
  }

  @Test
  void presenceHasAHistoryOfItsOwn() {
    house.enter("p", 0, "ann", "ben");
    house.published("p", 1, "m");
    house.enter("p", 2, "cat");
    house.world.run();
    compact();
    house.enter("p", 3, "dan");
    house.world.run();
    Page<PresenceMessage> page =
        house.await(
            house.channels.presenceHistory(
                House.ROOM,
                new HistoryQuery(0, Long.MAX_VALUE, 3, Direction.BACKWARDS, null, null)));
    assertEquals(
        List.of("dan", "cat", "ben"),
        page.items().stream().map(PresenceMessage::clientId).toList());
  }

  @Test
  void emptyChannelsHaveEmptyPages() {
    assertEquals(List.of(), house.texts());
    assertNull(page(1, Direction.BACKWARDS, null, null).next());
  }
}
