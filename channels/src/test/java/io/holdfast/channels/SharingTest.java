package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.FoldLimits;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.Direction;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Value;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.ObjectMessage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharingTest {
  private static final long MODES = Flags.DEFAULT_MODES | Flags.OBJECT_SUBSCRIBE;
  private static final String MAP = "map:abc@1";
  private static final String COUNTER = "counter:abc@1";
  private static final long HORIZON = 60_000;
  private static final long GRACE = 1_000;

  private final House house = new House(settings(8 * 1024 * 1024));
  private long number;

  private static ChannelSettings settings(int objectBytes) {
    ChannelSettings standard = ChannelSettings.DEFAULT;
    return new ChannelSettings(
        FoldLimits.DEFAULT.withObjects(objectBytes, GRACE),
        standard.recentBytes(),
        standard.cacheBytes(),
        standard.checkpointBytes(),
        standard.entryBytes(),
        standard.objectPageBytes(),
        standard.backlogBytes(),
        standard.unackedBytes(),
        standard.idle(),
        HORIZON,
        standard.earlierBootGrace());
  }

  private static Operation set(String key, String text) {
    return new Operation.MapSet("root", key, new Value.Text(text));
  }

  private static Operation inc(double amount) {
    return new Operation.CounterInc(COUNTER, amount);
  }

  private House.Answer operate(Operation... operations) {
    House.Answer answer = house.submit(House.operating("p", number++, operations));
    house.world.run();
    return answer;
  }

  private Pool pool() {
    return house.await(house.channels.objects(House.ROOM));
  }

  /** Sets keys of the root until there are so many. */
  private void fill(int keys) {
    for (int i = 0; i < keys; i += 500) {
      Operation[] operations = new Operation[Math.min(500, keys - i)];
      for (int k = 0; k < operations.length; k++) {
        operations[k] = set("key-" + (i + k), "a value of some length, " + k);
      }
      operate(operations);
    }
  }

  @Test
  void operationsAreToldToThoseWhoHearOfObjects() {
    Reader hears = house.reader("h").attach(MODES);
    Reader plain = house.reader("p").attach();
    Verdict.Accepted accepted = (Verdict.Accepted) operate(set("k", "v"), inc(1)).verdict();
    Frame.Objects told = hears.all(Frame.Objects.class).getFirst();
    assertEquals(accepted.serials(), told.state().stream().map(ObjectMessage::serial).toList());
    assertEquals(told.channelSerial(), hears.serial);
    assertTrue(plain.all(Frame.Objects.class).isEmpty());
    assertTrue(plain.all(Frame.ObjectSync.class).isEmpty());
    assertEquals(pool(), hears.replica.pool);
    assertTrue(house.texts().isEmpty(), "they are no messages");
  }

  @Test
  void aPublisherHearsItselfUnlessItDoesNotWantTo() {
    Reader me = house.reader("p").attach(MODES);
    Reader deaf = house.reader("q");
    deaf.echo = false;
    deaf.attach(MODES);
    operate(set("k", "v"));
    house.submit(House.operating("q", 0, set("l", "w")));
    house.world.run();
    assertEquals(2, me.all(Frame.Objects.class).size());
    assertEquals(1, deaf.all(Frame.Objects.class).size());
  }

  @Test
  void whoeverAttachesIsSyncedAndSoAgain() {
    operate(set("k", "v"), inc(3), new Operation.MapRemove("root", "gone"));
    Reader late = house.reader("late").attach(MODES);
    assertTrue((late.attached().flags() & Flags.HAS_OBJECTS) != 0);
    assertEquals(pool(), late.replica.pool);
    operate(inc(4));
    Holding held = late.lose();
    operate(inc(5));
    late.attach(late.serial, null, held, MODES);
    house.world.run();
    assertTrue(late.resumed());
    assertEquals(1, late.all(Frame.Objects.class).size(), "what was missed is told as well");
    assertEquals(2, late.replica.syncs);
    assertEquals(pool(), late.replica.pool);
  }

  @Test
  void anUntouchedChannelHasARootToSync() {
    Reader reader = house.reader("r").attach(MODES);
    assertTrue(reader.replica.synced());
    assertEquals(Pool.EMPTY, reader.replica.pool);
  }

  @Test
  void aLargeMapComesInPagesThatAreEachInBounds() {
    fill(10_000);
    Reader reader = house.reader("r").attach(MODES);
    List<Frame.ObjectSync> pages = reader.all(Frame.ObjectSync.class);
    assertTrue(pages.size() > 10, pages.size() + " pages");
    for (Frame.ObjectSync page : pages) {
      assertTrue(FrameCodec.encode(page, Format.JSON).length < 256 * 1024);
    }
    assertEquals(pool(), reader.replica.pool);
    assertEquals(10_000, reader.replica.pool.root().entries().size());
  }

  @Test
  void pagesAreMadeOnceForAllWhoSyncAtOnePlace() {
    fill(2_000);
    Reader one = house.reader("1").attach(MODES);
    Reader two = house.reader("2").attach(MODES);
    assertSame(
        one.all(Frame.ObjectSync.class).getFirst(), two.all(Frame.ObjectSync.class).getFirst());
    operate(set("k", "v"));
    Reader three = house.reader("3").attach(MODES);
    assertNotEquals(
        one.all(Frame.ObjectSync.class).getFirst(), three.all(Frame.ObjectSync.class).getFirst());
    assertEquals(pool(), three.replica.pool);
  }

  @Test
  void aSlowReaderGetsPagesAsItReadsAndOthersDoNotWait() {
    fill(5_000);
    Reader slow = house.reader("slow");
    slow.writable = false;
    slow.attach(MODES);
    Reader quick = house.reader("quick").attach(MODES);
    assertTrue(quick.replica.synced());
    operate(set("meanwhile", "v"), new Operation.MapRemove("root", "key-7"));
    assertEquals(pool(), quick.replica.pool);
    assertNull(slow.overrun);
    for (int i = 0; i < 200 && !slow.replica.synced(); i++) {
      operate(set("key-" + i, "again"));
      slow.room();
    }
    assertNull(slow.overrun);
    assertEquals(pool(), slow.replica.pool);
  }

  @Test
  void othersHaveTheirTurnBetweenThePages() {
    fill(10_000);
    Reader reader = house.reader("r");
    reader.attach(null, null, null, MODES);
    int most = 0;
    int before = 0;
    while (house.world.step()) {
      int now = reader.all(Frame.ObjectSync.class).size();
      most = Math.max(most, now - before);
      before = now;
    }
    assertEquals(1, most, "pages in one task");
  }

  @Test
  void operationsDuringASyncAreNotLost() {
    fill(3_000);
    Reader reader = house.reader("r");
    reader.attach(null, null, null, MODES);
    for (int i = 0; i < 40; i++) {
      house.submit(House.operating("p", number++, inc(1), set("key-" + i, "new")));
      house.world.step();
    }
    house.world.run();
    assertEquals(pool(), reader.replica.pool);
  }

  @Test
  void aClientMayAskForTheObjectsAgain() {
    operate(set("k", "v"));
    Reader reader = house.reader("r").attach(MODES);
    house.channels.syncObjects(House.ROOM, House.seat("r"));
    house.world.run();
    assertEquals(2, reader.replica.syncs);
    house.channels.syncObjects(House.ROOM, House.seat("nobody"));
    house.world.run();
  }

  @Test
  void whoAsksAgainWhileBeingToldIsToldAgainOnceAndNothingOlderThanItHas() {
    fill(3_000);
    Reader reader = house.reader("r").attach(MODES);
    reader.writable = false;
    for (int i = 0; i < 4; i++) {
      house.channels.syncObjects(House.ROOM, House.seat("r"));
      operate(inc(1), set("key-" + i, "new"));
    }
    for (int i = 0; i < 200 && reader.replica.syncs < 3; i++) {
      operate(inc(1));
      reader.room();
    }
    house.world.run();
    assertEquals(3, reader.replica.syncs);
    assertEquals(pool(), reader.replica.pool);
  }

  @Test
  void aResendIsAnsweredAsThenAlsoAfterARestart() {
    House.Answer first = operate(inc(5));
    House.Answer again = house.submit(House.operating("p", 0, inc(5)));
    house.world.run();
    assertEquals(first.verdict(), again.verdict());
    house.restart();
    again = house.submit(House.operating("p", 0, inc(5)));
    house.world.run();
    assertEquals(first.verdict(), again.verdict());
    Reader reader = house.reader("r").attach(MODES);
    assertEquals(pool(), reader.replica.pool);
  }

  @Test
  void whatCannotBeDoneIsRefusedEarlyWithItsCode() {
    operate(inc(1));
    assertEquals(
        92000, operate(new Operation.MapSet(COUNTER, "k", new Value.Bool(true))).refusal());
    House small = new House(settings(1_000));
    House.Answer tooMuch = small.submit(House.operating("p", 0, set("k", "x".repeat(2_000))));
    small.world.run();
    assertEquals(92001, tooMuch.refusal());
  }

  @Test
  void objectsComeBackAfterTheChannelHasLeftMemory() {
    fill(1_000);
    operate(inc(2), new Operation.MapSet(MAP, "k", new Value.Reference(COUNTER)));
    Pool before = pool();
    for (int i = 0; i < 3; i++) {
      house.world.pass(40_000);
      house.channels.retireIdle();
      house.world.run();
    }
    assertTrue(house.channels.open().isEmpty());
    assertEquals(before, pool());
  }

  @Test
  void objectsNobodyUsesLeaveMemoryBeforeTheirChannelDoes() {
    fill(1_000);
    house.reader("r").attach();
    long with = Objects.requireNonNull(house.await(house.channels.load(House.ROOM))).stateBytes();
    store();
    house.channels.lookAfterObjects(House.ROOM, 0);
    house.world.run();
    long without =
        Objects.requireNonNull(house.await(house.channels.load(House.ROOM))).stateBytes();
    assertTrue(without < with / 2, with + " " + without);
    assertEquals(1_000, pool().root().entries().size());
  }

  @Test
  void garbageIsCollectedAndTold() {
    Reader reader = house.reader("r").attach(MODES);
    operate(new Operation.MapSet("root", "m", new Value.Reference(MAP)));
    operate(new Operation.MapRemove("root", "m"));
    look(GRACE / 8);
    look(GRACE);
    assertEquals(
        new Operation.ObjectDelete(MAP),
        reader.all(Frame.Objects.class).getLast().state().getFirst().operation());
    assertEquals(pool().get(MAP), reader.replica.pool.get(MAP));
    look(GRACE);
    assertNull(pool().get(MAP));
    assertEquals(0, pool().tombstones());
    long entries = entries();
    for (int i = 0; i < 10; i++) {
      look(GRACE);
    }
    assertEquals(entries, entries(), "nothing is written when there is nothing to do");
  }

  @Test
  void moreGarbageThanOneCollectionTakesIsCollectedAtOnce() {
    int maps = 2_500;
    for (int i = 0; i < maps; i += 500) {
      Operation[] made = new Operation[500];
      for (int k = 0; k < made.length; k++) {
        made[k] = new Operation.MapSet("map:" + (i + k) + "@1", "k", new Value.Bool(true));
      }
      operate(made);
    }
    look(GRACE / 8);
    look(GRACE);
    assertEquals(maps, pool().tombstones());
    look(GRACE);
    assertEquals(1, pool().objects().size());
  }

  private void look(long later) {
    house.world.pass(later);
    house.channels.lookAfterObjects(House.ROOM, 0);
    house.world.run();
  }

  private long entries() {
    return house
        .await(house.journal.read(House.ROOM, 0, Direction.FORWARDS, 10_000, 64 * 1024 * 1024))
        .size();
  }

  @Test
  void aCollectionThatIsKilledAnywhereComesToTheSame() {
    Pool expected = collectedWithACrashAfter(-1);
    for (int steps = 0; steps < 30; steps++) {
      assertEquals(expected.objects().size(), collectedWithACrashAfter(steps).objects().size());
    }
  }

  private static Pool collectedWithACrashAfter(int steps) {
    House house = new House(settings(1_000_000));
    house.submit(
        House.operating("p", 0, new Operation.MapSet("root", "m", new Value.Reference(MAP))));
    house.submit(House.operating("p", 1, new Operation.MapSet(MAP, "k", new Value.Bool(true))));
    house.submit(House.operating("p", 2, new Operation.MapRemove("root", "m")));
    house.world.run();
    for (long wait : List.of(GRACE / 8, GRACE, GRACE)) {
      house.world.pass(wait);
      house.channels.collectObjects(House.ROOM, 0);
      house.channels.compact(House.ROOM);
      for (int i = 0; i < steps; i++) {
        house.world.step();
      }
      if (steps >= 0) {
        house.restart();
        house.channels.collectObjects(House.ROOM, 0);
      }
      house.world.run();
    }
    return house.await(house.channels.objects(House.ROOM));
  }

  @Test
  void objectsKeepTheirChannelWhenItsMessagesHaveExpired() {
    operate(set("k", "v"));
    house.published("p", number++, "m");
    store();
    long now = house.world.now();
    house.channels.expire(House.ROOM, now - 1_000, now - 1_000_000);
    house.world.run();
    assertTrue(house.texts().isEmpty());
    assertEquals(1, pool().root().entries().size());
    house.world.pass(100_000);
    now = house.world.now();
    house.channels.expire(House.ROOM, now - 1_000, now - 1_000);
    house.world.run();
    assertEquals(Pool.EMPTY, pool());
  }

  @Test
  void aChangeOfOneKeyDoesNotRewriteTheOthers() {
    fill(2_000);
    store();
    Map<String, String> before = records();
    operate(set("key-5", "changed"));
    store();
    Map<String, String> after = records();
    assertEquals(before.keySet(), after.keySet());
    List<String> written =
        after.keySet().stream()
            .filter(key -> !Objects.equals(before.get(key), after.get(key)))
            .toList();
    assertEquals(List.of("root/key-5"), written);
  }

  /** Time passes, and what has changed is written. */
  private void store() {
    house.world.pass(2 * HORIZON);
    house.channels.compact(House.ROOM);
    house.world.run();
  }

  private Map<String, String> records() {
    Map<String, String> records = new TreeMap<>();
    house
        .await(
            house.journal.scan(
                House.ROOM,
                RecordKind.OBJECT_ENTRY.code(),
                null,
                null,
                Direction.FORWARDS,
                10_000,
                64 * 1024 * 1024))
        .forEach(record -> records.put(record.key(), shown(record.bytes())));
    return records;
  }

  /** Which array it is: one that was written again is another. */
  private static String shown(byte @Nullable [] bytes) {
    return String.valueOf(System.identityHashCode(bytes));
  }

  // ---- in messages ----

  private Reader watcher(String connection, InbandObjects wanted) {
    Reader reader = house.reader(connection);
    View view =
        new View(
            House.ROOM.name(),
            Flags.DEFAULT_MODES,
            true,
            Map.of(),
            false,
            false,
            null,
            null,
            wanted);
    house.channels.attach(
        House.ROOM,
        new AttachRequest(
            reader, connection, view, null, null, null, House.OWNER, a -> reader.attachment = a));
    house.world.run();
    return reader;
  }

  private static List<String> told(Reader reader) {
    return reader.all(Frame.Messages.class).stream()
        .flatMap(frame -> frame.messages().stream())
        .filter(message -> "[meta]objects".equals(message.name()))
        .map(Message::data)
        .map(data -> Objects.requireNonNull(data).asText())
        .toList();
  }

  @Test
  void objectsAreToldInMessagesAtOnceAndWhenTheyChange() {
    operate(set("k", "v"), inc(2));
    Reader watcher = watcher("w", InbandObjects.WHOLE);
    List<String> first = told(watcher);
    assertEquals(2, first.size());
    assertTrue(first.getFirst().contains("\"nextCursor\""));
    assertFalse(first.getLast().contains("\"nextCursor\""));
    assertTrue(first.getFirst().contains("\"counter\":{\"data\":{\"number\":2"), first.getFirst());
    assertTrue(
        first.getLast().contains("\"entries\":{\"k\":{\"data\":{\"string\":\"v\"}}}"),
        first.getLast());
    for (int i = 0; i < 50; i++) {
      operate(inc(1));
    }
    house.world.pass(Inband.WINDOW);
    List<String> then = told(watcher);
    assertEquals(3 * 2, then.size(), "the first change and the last");
    assertTrue(then.get(4).contains("\"number\":52"), then.get(4));
    house.world.pass(10 * Inband.WINDOW);
    assertEquals(3 * 2, told(watcher).size());
  }

  @Test
  void keysThatWereRemovedDoNotMakeAnObjectTooLargeForAMessage() {
    int keys = 9_000;
    fill(keys);
    for (int i = 0; i < keys; i += 500) {
      Operation[] operations = new Operation[500];
      for (int k = 0; k < operations.length; k++) {
        operations[k] = new Operation.MapRemove("root", "key-" + (i + k));
      }
      operate(operations);
    }
    operate(set("k", "v"));
    assertTrue(pool().root().size() > FoldLimits.DEFAULT.maxMessageBytes());
    List<String> told = told(watcher("w", InbandObjects.WHOLE));
    assertEquals(1, told.size());
    assertTrue(told.getFirst().contains("{\"k\":{\"data\":{\"string\":\"v\"}}}"), told.getFirst());
  }

  @Test
  void anObjectIsTooLargeForAMessageByWhatIsWritten() {
    String controls = "\u0001".repeat(60_000);
    operate(set("a", controls), inc(1));
    assertEquals(2, told(watcher("w", InbandObjects.WHOLE)).size());
    operate(set("b", controls));
    assertTrue(pool().root().size() < FoldLimits.DEFAULT.maxMessageBytes());
    List<String> told = told(watcher("x", InbandObjects.WHOLE));
    assertEquals(1, told.size(), "nothing but the error");
    assertTrue(told.getFirst().contains("\"code\":92001"), told.getFirst());
  }

  @Test
  void aNoticeSaysWhereTheObjectsAre() {
    operate(set("k", "v"));
    Reader watcher = watcher("w", InbandObjects.NOTICES);
    assertEquals(List.of(), told(watcher));
    operate(set("k", "w"));
    assertEquals(List.of("{\"link\":\"/channels/room/object\"}"), told(watcher));
  }
}
