package io.holdfast.journal;

import static io.holdfast.journal.Direction.BACKWARDS;
import static io.holdfast.journal.Direction.FORWARDS;
import static io.holdfast.journal.Futures.await;
import static io.holdfast.journal.Futures.refusal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.journal.Journal.Appended;
import io.holdfast.journal.JournalException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine must do: the sentences of {@link Journal}. */
public abstract class JournalContract {
  protected static final ChannelId A = new ChannelId("app", "a");
  protected static final ChannelId B = new ChannelId("app", "b");
  private static final int ALL = Integer.MAX_VALUE;
  private static final byte KIND = 1;

  protected Journal journal;
  private int ids;

  /** Opens the same storage each time. */
  protected abstract Journal open();

  /** Keeps writes from becoming durable. */
  protected abstract void holdCommits(boolean hold);

  @SuppressWarnings("NullAway.Init")
  protected JournalContract() {}

  @BeforeEach
  final void openJournal() {
    journal = open();
  }

  @AfterEach
  final void closeJournal() {
    holdCommits(false);
    journal.close();
  }

  private void reopen() {
    journal.close();
    journal = open();
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  protected static String text(byte @Nullable [] bytes) {
    return bytes == null ? "(none)" : new String(bytes, StandardCharsets.UTF_8);
  }

  /** Appends under an id of its own. */
  private Appended append(ChannelId channel, String text) {
    return await(journal.append(channel, bytes(text), "id" + ids++));
  }

  private List<String> texts(ChannelId channel) {
    return await(journal.read(channel, 0, FORWARDS, ALL, ALL)).stream()
        .map(entry -> text(entry.bytes()))
        .toList();
  }

  private List<Long> positions(ChannelId channel, long from, Direction direction, int limit) {
    return await(journal.read(channel, from, direction, limit, ALL)).stream()
        .map(StoredEntry::position)
        .toList();
  }

  private static StoredRecord record(String key, @Nullable String value) {
    return new StoredRecord(KIND, key, value == null ? null : bytes(value));
  }

  private List<String> keys(
      @Nullable String from, @Nullable String until, Direction direction, int limit) {
    return await(journal.scan(A, KIND, from, until, direction, limit, ALL)).stream()
        .map(StoredRecord::key)
        .toList();
  }

  // Entries.

  @Test
  void entriesComeBackAsGivenWithTheirPositionAndTime() {
    Appended appended = append(A, "one");
    StoredEntry entry = await(journal.read(A, 0, FORWARDS, ALL, ALL)).getFirst();
    assertEquals(appended.position(), entry.position());
    assertEquals(appended.time(), entry.time());
    assertEquals("one", text(entry.bytes()));
    assertTrue(entry.position() > 0);
  }

  @Test
  void entriesOfAChannelAreStoredInTheOrderOfTheCalls() {
    List<CompletableFuture<Appended>> answers = new ArrayList<>();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      sent.add("a" + i);
      answers.add(journal.append(A, bytes("a" + i), "a" + i));
      answers.add(journal.append(B, bytes("b" + i), "b" + i));
    }
    answers.forEach(Futures::await);
    assertEquals(sent, texts(A));
    assertEquals(1000, texts(B).size());
  }

  @Test
  void concurrentAppendersEachKeepTheirOrderAndPositionsIncrease() throws Exception {
    List<Thread> appenders = new ArrayList<>();
    List<CompletableFuture<Appended>> answers = Collections.synchronizedList(new ArrayList<>());
    for (int t = 0; t < 4; t++) {
      String name = "t" + t;
      appenders.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 500; i++) {
                      answers.add(journal.append(A, bytes(name + " " + i), name + i));
                    }
                  }));
    }
    for (Thread appender : appenders) {
      appender.join();
    }
    answers.forEach(Futures::await);
    Map<String, Integer> next = new HashMap<>();
    for (String text : texts(A)) {
      String[] parts = text.split(" ", 2);
      assertEquals(next.getOrDefault(parts[0], 0), Integer.valueOf(parts[1]));
      next.merge(parts[0], 1, Integer::sum);
    }
    List<Long> positions = positions(A, 0, FORWARDS, ALL);
    assertEquals(2000, positions.size());
    assertEquals(positions, List.copyOf(new TreeSet<>(positions)));
  }

  @Test
  void nothingIsSeenBeforeItIsDurable() throws Exception {
    append(A, "before");
    Recording follower = new Recording();
    journal.follow(A, 0, follower);
    follower.await(1);
    holdCommits(true);
    List<CompletableFuture<?>> held =
        List.of(
            journal.append(A, bytes("held"), "held"),
            journal.put(A, List.of(record("k", "v"))),
            journal.write(A, 0, List.of(), bytes("m")),
            journal.append(B, bytes("held"), "held"));
    assertEquals(List.of("before"), texts(A));
    assertNull(await(journal.get(A, KIND, "k")));
    assertEquals(0, await(journal.manifest(A)).version());
    assertEquals(List.of(A), await(journal.channels(null, 10)));
    assertEquals(1, follower.heard().size());
    held.forEach(answer -> assertFalse(answer.isDone()));
    holdCommits(false);
    held.forEach(Futures::await);
    assertEquals(List.of("before", "held"), texts(A));
    assertEquals("held", text(follower.await(2).get(1).bytes()));
  }

  @Test
  void readsBothWaysFromBoundsThatAreExclusive() {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(append(A, "" + i).position());
    }
    assertEquals(all, positions(A, 0, FORWARDS, ALL));
    assertEquals(all.subList(2, 5), positions(A, all.get(1), FORWARDS, ALL));
    assertEquals(all.subList(2, 4), positions(A, all.get(1), FORWARDS, 2));
    assertEquals(List.of(), positions(A, all.get(4), FORWARDS, ALL));
    assertEquals(List.of(), positions(A, Long.MAX_VALUE, FORWARDS, ALL));
    assertEquals(all.reversed(), positions(A, Long.MAX_VALUE, BACKWARDS, ALL));
    assertEquals(List.of(all.get(1), all.get(0)), positions(A, all.get(2), BACKWARDS, ALL));
    assertEquals(List.of(all.get(1)), positions(A, all.get(2), BACKWARDS, 1));
    assertEquals(List.of(), positions(A, all.get(0), BACKWARDS, ALL));
    assertEquals(List.of(), positions(A, 0, BACKWARDS, ALL));
    assertEquals(List.of(), positions(A, 0, FORWARDS, 0));
  }

  @Test
  void readsStopOnceTheBytesAreReadButReturnOneAtLeast() {
    for (int i = 0; i < 5; i++) {
      append(A, "0123456789");
    }
    assertEquals(2, await(journal.read(A, 0, FORWARDS, ALL, 11)).size());
    assertEquals(2, await(journal.read(A, Long.MAX_VALUE, BACKWARDS, ALL, 20)).size());
    assertEquals(1, await(journal.read(A, 0, FORWARDS, ALL, 1)).size());
    assertEquals(1, await(journal.read(A, 0, FORWARDS, ALL, 0)).size());
  }

  @Test
  void endIsTheNewestEntry() {
    assertEquals(0, await(journal.end(A)));
    append(A, "one");
    Appended last = append(A, "two");
    append(B, "other");
    assertEquals(last.position(), await(journal.end(A)));
    await(journal.trim(A, last.position()));
    assertEquals(0, await(journal.end(A)));
  }

  @Test
  void bigEntriesAndEmptyOnesComeBack() {
    byte[] big = new byte[1 << 20];
    new java.util.Random(1).nextBytes(big);
    await(journal.append(A, big, "big"));
    await(journal.append(A, new byte[0], "empty"));
    List<StoredEntry> read = await(journal.read(A, 0, FORWARDS, ALL, ALL));
    assertArrayEquals(big, read.get(0).bytes());
    assertEquals(0, read.get(1).bytes().length);
  }

  // Following.

  @Test
  void aFollowerHearsWhatIsStoredAndWhatComesLater() {
    long first = append(A, "0").position();
    append(A, "1");
    append(B, "other");
    Recording past = new Recording();
    Recording present = new Recording();
    journal.follow(A, first, past);
    journal.follow(A, await(journal.end(A)), present);
    append(A, "2");
    assertEquals(List.of("1", "2"), heard(past.await(2)));
    assertEquals(List.of("2"), heard(present.await(1)));
  }

  private static List<String> heard(List<StoredEntry> entries) {
    return entries.stream().map(entry -> text(entry.bytes())).toList();
  }

  @Test
  void anAppendCompletesAfterItsFollowersWereTold() {
    for (int round = 0; round < 50; round++) {
      ChannelId channel = new ChannelId("app", "told" + round);
      append(channel, "0");
      List<Recording> followers = List.of(new Recording(), new Recording());
      followers.forEach(follower -> journal.follow(channel, 0, follower));
      CompletableFuture<Integer> toldBefore =
          journal
              .append(channel, bytes("1"), "1")
              .thenApply(_ -> followers.stream().mapToInt(f -> f.heard().size()).sum());
      assertEquals(4, await(toldBefore));
    }
  }

  @Test
  void followersThatJoinWhileOthersAppendHearEachEntryOnceAndInOrder() throws Exception {
    int count = 3000;
    List<Recording> followers = new ArrayList<>();
    AtomicInteger sent = new AtomicInteger();
    Thread appender =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < count; i++) {
                    var answer = journal.append(A, bytes("" + i), "" + i);
                    sent.incrementAndGet();
                    if (i % 50 == 0) {
                      await(answer);
                    }
                  }
                });
    while (followers.size() < 50) {
      while (sent.get() < followers.size() * (count / 50)) {
        Thread.onSpinWait();
      }
      Recording follower = new Recording();
      journal.follow(A, 0, follower);
      followers.add(follower);
    }
    appender.join();
    List<String> expected =
        java.util.stream.IntStream.range(0, count).mapToObj(i -> "" + i).toList();
    for (Recording follower : followers) {
      assertEquals(expected, heard(follower.await(count)));
    }
  }

  @Test
  void aClosedSubscriptionHearsNoMore() {
    Recording follower = new Recording();
    Recording other = new Recording();
    Journal.Subscription subscription = journal.follow(A, 0, follower);
    journal.follow(A, 0, other);
    append(A, "0");
    follower.await(1);
    subscription.close();
    append(A, "1");
    other.await(2);
    assertEquals(List.of("0"), heard(follower.heard()));
  }

  @Test
  void followersAreLostWhenTheJournalCloses() {
    Recording follower = new Recording();
    journal.follow(A, 0, follower);
    journal.close();
    assertEquals(Reason.CLOSED, follower.awaitLost().reason());
    Recording late = new Recording();
    journal.follow(A, 0, late);
    assertEquals(Reason.CLOSED, late.awaitLost().reason());
  }

  @Test
  void aFollowerMayAppendAndItsEntriesComeAfter() {
    Recording second = new Recording();
    Recording first = new Recording();
    journal.follow(
        A,
        0,
        new Journal.Follower() {
          @Override
          public void entry(StoredEntry entry) {
            first.entry(entry);
            if (text(entry.bytes()).length() < 4) {
              String next = text(entry.bytes()) + "+";
              var _ = journal.append(A, bytes(next), next);
            }
          }

          @Override
          public void deleted(long position) {
            first.deleted(position);
          }

          @Override
          public void lost(JournalException why) {
            first.lost(why);
          }
        });
    journal.follow(A, 0, second);
    append(A, "x");
    assertEquals(List.of("x", "x+", "x++", "x+++"), heard(first.await(4)));
    assertEquals(List.of("x", "x+", "x++", "x+++"), heard(second.await(4)));
  }

  // Records.

  @Test
  void recordsAreWrittenReplacedAndDeletedTogether() {
    await(journal.put(A, List.of(record("a", "1"), record("b", "1"), record("c", ""))));
    await(journal.put(A, List.of(record("a", "2"), record("b", null), record("zz", null))));
    assertEquals("2", text(await(journal.get(A, KIND, "a"))));
    assertNull(await(journal.get(A, KIND, "b")));
    assertEquals("", text(await(journal.get(A, KIND, "c"))));
    assertNull(await(journal.get(B, KIND, "a")));
    assertEquals(List.of("a", "c"), keys(null, null, FORWARDS, ALL));
  }

  @Test
  void aPutIsSeenWholeOrNotAtAll() throws Exception {
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < 300; i++) {
                    await(journal.put(A, List.of(record("a", "" + i), record("b", "" + i))));
                  }
                });
    while (writer.isAlive()) {
      var seen = await(journal.scan(A, KIND, null, null, FORWARDS, ALL, ALL));
      assertTrue(seen.isEmpty() || seen.size() == 2);
      if (!seen.isEmpty()) {
        assertEquals(text(seen.get(0).bytes()), text(seen.get(1).bytes()));
      }
    }
    writer.join();
  }

  @Test
  void scansGoBothWaysWithinInclusiveBounds() {
    await(
        journal.put(
            A, List.of(record("a", "1"), record("b", "1"), record("bb", "1"), record("d", "1"))));
    assertEquals(List.of("a", "b", "bb", "d"), keys(null, null, FORWARDS, ALL));
    assertEquals(List.of("d", "bb", "b", "a"), keys(null, null, BACKWARDS, ALL));
    assertEquals(List.of("b", "bb"), keys("b", "c", FORWARDS, ALL));
    assertEquals(List.of("b"), keys("b", "b", FORWARDS, ALL));
    assertEquals(List.of("bb", "b"), keys("c", "b", BACKWARDS, ALL));
    assertEquals(List.of("d", "bb"), keys(null, null, BACKWARDS, 2));
    assertEquals(List.of("bb", "b", "a"), keys("bb", null, BACKWARDS, ALL));
    assertEquals(List.of("a"), keys(null, "a", FORWARDS, ALL));
    assertEquals(List.of(), keys("c", "b", FORWARDS, ALL));
    assertEquals(List.of(), keys("e", null, FORWARDS, ALL));
    assertEquals(List.of(), keys(null, null, FORWARDS, 0));
  }

  @Test
  void scansStopOnceTheBytesAreReadButReturnOneAtLeast() {
    await(journal.put(A, List.of(record("a", "12345"), record("b", "12345"), record("c", "1"))));
    assertEquals(2, await(journal.scan(A, KIND, null, null, FORWARDS, ALL, 6)).size());
    assertEquals(1, await(journal.scan(A, KIND, null, null, BACKWARDS, ALL, 1)).size());
    assertEquals(1, await(journal.scan(A, KIND, null, null, FORWARDS, ALL, 0)).size());
  }

  @Test
  void kindsAndChannelsAreScannedApart() {
    for (byte kind : new byte[] {0, 1, 2, 127, -128, -1}) {
      await(journal.put(A, List.of(new StoredRecord(kind, "k" + kind, bytes("v")))));
      await(journal.put(B, List.of(new StoredRecord(kind, "other", bytes("v")))));
    }
    for (byte kind : new byte[] {0, 1, 2, 127, -128, -1}) {
      for (Direction direction : Direction.values()) {
        var found = await(journal.scan(A, kind, null, null, direction, ALL, ALL));
        assertEquals(List.of("k" + kind), found.stream().map(StoredRecord::key).toList());
        assertEquals(kind, found.getFirst().kind());
      }
    }
  }

  @Test
  void recordsAreInTheOrderOfTheirKeysUtf8() {
    // String.compareTo would put the emoji before the private use character.
    List<String> ordered =
        List.of("", "\0", "\0a", "a", "a\0", "a/b", "ab", "é", "\ud83d", "\ue000", "\ud83d\ude00");
    List<StoredRecord> shuffled = new ArrayList<>();
    ordered.forEach(key -> shuffled.add(record(key, "v" + key)));
    Collections.shuffle(shuffled, new java.util.Random(1));
    await(journal.put(A, shuffled));
    assertEquals(ordered, keys(null, null, FORWARDS, ALL));
    assertEquals(ordered.reversed(), keys(null, null, BACKWARDS, ALL));
    assertEquals(ordered.subList(3, 7), keys("a", "ab", FORWARDS, ALL));
  }

  // Manifests.

  @Test
  void manifestsAreWrittenOnlyOverTheVersionExpected() {
    assertEquals(Manifest.NONE.version(), await(journal.manifest(A)).version());
    assertFalse(await(journal.write(A, 1, List.of(), bytes("no"))));
    assertTrue(await(journal.write(A, 0, List.of(), bytes("one"))));
    assertFalse(await(journal.write(A, 0, List.of(), bytes("no"))));
    assertTrue(await(journal.write(A, 1, List.of(), bytes("two"))));
    assertEquals(2, await(journal.manifest(A)).version());
    assertEquals("two", text(await(journal.manifest(A)).bytes()));
    assertEquals(0, await(journal.manifest(B)).version());
  }

  @Test
  void recordsAreWrittenTogetherWithTheManifestOrNotAtAll() {
    await(journal.put(A, List.of(record("a", "0"), record("gone", "0"))));
    assertFalse(await(journal.write(A, 1, List.of(record("a", "no")), bytes("no"))));
    assertEquals("0", text(await(journal.get(A, KIND, "a"))));
    List<StoredRecord> records =
        List.of(record("a", "1"), record("b", "1"), record("gone", null), record("never", null));
    assertTrue(await(journal.write(A, 0, records, bytes("one"))));
    assertFalse(await(journal.write(A, 0, List.of(record("b", null)), bytes("no"))));
    assertEquals("1", text(await(journal.get(A, KIND, "a"))));
    assertEquals("1", text(await(journal.get(A, KIND, "b"))));
    assertNull(await(journal.get(A, KIND, "gone")));
    assertEquals("one", text(await(journal.manifest(A)).bytes()));
    assertTrue(await(journal.write(B, 0, List.of(record("k", "v")), bytes("b"))));
    assertEquals("v", text(await(journal.get(B, KIND, "k"))));
    assertEquals("1", text(await(journal.get(A, KIND, "a"))));
  }

  @Test
  void oneOfManyRacingManifestWritersWins() {
    for (int round = 0; round < 20; round++) {
      List<CompletableFuture<Boolean>> racers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        racers.add(journal.write(A, round, List.of(), bytes("" + i)));
      }
      assertEquals(1, racers.stream().map(Futures::await).filter(won -> won).count());
      assertEquals(round + 1, await(journal.manifest(A)).version());
    }
  }

  // Deleting.

  @Test
  void trimDeletesThroughAPositionAndNeverAbove() {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(append(A, "" + i).position());
      append(B, "" + i);
    }
    await(journal.trim(A, all.get(1)));
    assertEquals(all.subList(2, 5), positions(A, 0, FORWARDS, ALL));
    assertEquals(all.subList(2, 5).reversed(), positions(A, Long.MAX_VALUE, BACKWARDS, ALL));
    await(journal.trim(A, 0));
    await(journal.trim(A, all.get(0)));
    assertEquals(3, texts(A).size());
    assertEquals(5, texts(B).size());
    var trimmed = journal.trim(A, Long.MAX_VALUE);
    long later = append(A, "later").position();
    await(trimmed);
    assertEquals(List.of(later), positions(A, 0, FORWARDS, ALL));
    assertEquals(5, texts(B).size());
  }

  @Test
  void aDeletionHasAPositionOfItsOwnAfterAllBefore() {
    assertEquals(0, await(journal.deletedThrough()));
    assertTrue(await(journal.delete(A, 0)));
    assertEquals(0, await(journal.deletedThrough()));
    long only = await(journal.append(A, bytes("one"), "1")).position();
    long newest = await(journal.append(B, bytes("two"), "2")).position();
    assertTrue(await(journal.delete(A, only)));
    long deleted = await(journal.deletedThrough());
    assertTrue(deleted > newest);
    assertTrue(await(journal.append(B, bytes("three"), "3")).position() > deleted);
    assertEquals(deleted, await(journal.deletedThrough()));
  }

  @Test
  void deleteTakesEverythingOfOneChannelAndPositionsGoOn() {
    long before = append(A, "0").position();
    append(B, "0");
    await(journal.put(A, List.of(record("k", "v"))));
    await(journal.put(B, List.of(record("k", "v"))));
    await(journal.write(A, 0, List.of(), bytes("m")));
    var deleted = journal.delete(A, before);
    var after = journal.append(A, bytes("after"), "after");
    assertTrue(await(deleted));
    assertTrue(await(after).position() > before);
    Manifest none = await(journal.manifest(A));
    assertTrue(none.version() <= 0);
    assertEquals(0, none.bytes().length);
    assertFalse(await(journal.write(A, 1, List.of(), bytes("no"))));
    assertTrue(await(journal.write(A, none.version(), List.of(), bytes("new"))));
    assertEquals(Manifest.after(none.version()), await(journal.manifest(A)).version());
    assertEquals(List.of("after"), texts(A));
    assertNull(await(journal.get(A, KIND, "k")));
    assertEquals(List.of("0"), texts(B));
    assertEquals("v", text(await(journal.get(B, KIND, "k"))));
    assertTrue(await(journal.delete(A, await(after).position())));
    assertEquals(List.of(B), await(journal.channels(null, 10)));
    reopen();
    assertTrue(append(A, "again").position() > await(after).position());
    assertEquals(List.of("again"), texts(A));
  }

  @Test
  void whatWasStoredMeanwhileKeepsItsChannel() {
    long known = append(A, "known").position();
    append(A, "unknown");
    await(journal.write(A, 0, List.of(record("k", "v")), bytes("m")));
    assertFalse(await(journal.delete(A, known)));
    assertEquals(List.of("known", "unknown"), texts(A));
    assertEquals("v", text(await(journal.get(A, KIND, "k"))));
    assertEquals("m", text(await(journal.manifest(A)).bytes()));
    var late = journal.append(A, bytes("late"), "late");
    assertFalse(await(journal.delete(A, await(journal.end(A)) - 1)));
    assertTrue(await(journal.delete(A, await(late).position())));
    assertEquals(List.of(), await(journal.channels(null, 10)));
  }

  @Test
  void aFollowerIsToldOfADeletionInItsPlaceAndHearsOn() {
    long before = append(A, "0").position();
    append(B, "other");
    Recording follower = new Recording();
    Recording other = new Recording();
    journal.follow(A, 0, follower);
    journal.follow(B, 0, other);
    follower.await(1);
    CompletableFuture<List<Long>> toldBefore =
        journal.delete(A, before).thenApply(_ -> follower.deletions());
    long deletion = await(toldBefore).getFirst();
    assertTrue(deletion > before);
    assertTrue(append(A, "1").position() > deletion);
    assertEquals(List.of("0", "1"), heard(follower.await(2)));
    assertEquals(List.of(deletion), follower.deletions());
    append(B, "more");
    other.await(2);
    assertEquals(List.of(), other.deletions());
  }

  @Test
  void whatIsReadAfterADeletionIsOfAfterIt() {
    for (int i = 0; i < 3; i++) {
      append(A, "old " + i);
    }
    assertTrue(await(journal.delete(A, Long.MAX_VALUE)));
    assertEquals(List.of(), texts(A));
    assertEquals(List.of(), positions(A, Long.MAX_VALUE, BACKWARDS, ALL));
    long first = append(A, "new").position();
    long second = append(A, "newer").position();
    assertEquals(List.of(first), positions(A, 0, FORWARDS, 1));
    assertEquals(List.of(second, first), positions(A, Long.MAX_VALUE, BACKWARDS, ALL));
    assertEquals(List.of(first), positions(A, second, BACKWARDS, 2));
    assertEquals(second, await(journal.end(A)));
  }

  /** Whether a deletion is known to who looks for it later. */
  protected boolean remembersDeletions() {
    return true;
  }

  @Test
  void aDeletionIsRememberedForWhoHasNotHeardOfIt() {
    assumeTrue(remembersDeletions());
    long before = append(A, "0").position();
    await(journal.write(A, 0, List.of(record("k", "v")), bytes("m")));
    assertTrue(await(journal.delete(A, before)));
    assertTrue(await(journal.end(A)) > before);
    Recording late = new Recording();
    journal.follow(A, before, late);
    long deletion = late.awaitDeletion();
    assertEquals(deletion, await(journal.end(A)));
    append(A, "1");
    Recording later = new Recording();
    journal.follow(A, before, later);
    assertEquals(List.of("1"), heard(later.await(1)));
    assertEquals(List.of(deletion), later.deletions());
    Recording after = new Recording();
    journal.follow(A, deletion, after);
    after.await(1);
    assertEquals(List.of(), after.deletions());
    assertTrue(await(journal.delete(A, Long.MAX_VALUE)));
    assertTrue(late.awaitDeletion() > deletion);
  }

  @Test
  void nothingIsWrittenOverADeletionByWhoHasNotHeardOfIt() {
    assumeTrue(remembersDeletions());
    long before = append(A, "0").position();
    assertTrue(await(journal.delete(A, before)));
    Manifest deleted = await(journal.manifest(A));
    assertTrue(deleted.deletedAt() > before);
    assertFalse(await(journal.write(A, 0, List.of(record("k", "v")), bytes("old"))));
    assertNull(await(journal.get(A, KIND, "k")));
    assertTrue(await(journal.write(A, deleted.version(), List.of(), bytes("new"))));
    long version = await(journal.manifest(A)).version();
    assertTrue(version > deleted.deletedAt());
    assertFalse(await(journal.write(A, 1, List.of(), bytes("old"))));
    assertTrue(await(journal.delete(A, Long.MAX_VALUE)));
    assertTrue(await(journal.manifest(A)).version() < deleted.version());
  }

  // Channels.

  @Test
  void channelsWithAnythingStoredAreListedInOrder() {
    ChannelId entries = new ChannelId("app", "entries");
    ChannelId manifest = new ChannelId("app", "manifest");
    ChannelId records = new ChannelId("app", "records");
    append(entries, "0");
    await(journal.put(records, List.of(record("k", "v"))));
    await(journal.write(manifest, 0, List.of(), bytes("m")));
    await(journal.put(new ChannelId("app", "nothing"), List.of(record("k", null))));
    await(journal.trim(new ChannelId("app", "nothing2"), 5));
    await(journal.write(new ChannelId("app", "nothing3"), 5, List.of(), bytes("")));
    append(A, "0");
    await(journal.trim(A, Long.MAX_VALUE));
    assertEquals(List.of(entries, manifest, records), await(journal.channels(null, 10)));
    assertEquals(List.of(entries, manifest), await(journal.channels(null, 2)));
    assertEquals(List.of(records), await(journal.channels(manifest, 2)));
    assertEquals(List.of(manifest, records), await(journal.channels(new ChannelId("app", "m"), 9)));
    assertEquals(List.of(), await(journal.channels(records, 2)));
  }

  @Test
  void anyNamesWillDoAndAreKeptApart() {
    List<String> names =
        List.of(
            "",
            "/",
            "a",
            "a/",
            "a/b",
            "ab",
            "a\0",
            "a\0b",
            "\0",
            "\0\1",
            "\uffff",
            "[x]a",
            "a:b",
            " ",
            "\ud83d\ude00",
            "\ud83d",
            "\ude00",
            "?",
            "é",
            "n".repeat(1500),
            "n".repeat(1501),
            "😀".repeat(600));
    TreeSet<ChannelId> all = new TreeSet<>();
    for (String app : List.of("app", "", "a", "app\0", "app/a")) {
      for (String name : names) {
        all.add(new ChannelId(app, name));
      }
    }
    List<CompletableFuture<?>> answers = new ArrayList<>();
    for (ChannelId channel : all) {
      answers.add(journal.append(channel, bytes(channel.hashCode() + ""), "id"));
      answers.add(journal.put(channel, List.of(record("k" + channel.name(), "v"))));
    }
    answers.forEach(Futures::await);
    reopen();
    assertEquals(List.copyOf(all), await(journal.channels(null, ALL)));
    List<ChannelId> paged = new ArrayList<>();
    for (var page = await(journal.channels(null, 7));
        !page.isEmpty();
        page = await(journal.channels(paged.getLast(), 7))) {
      paged.addAll(page);
    }
    assertEquals(List.copyOf(all), paged);
    for (ChannelId channel : all) {
      assertEquals(List.of(channel.hashCode() + ""), texts(channel));
      var records = await(journal.scan(channel, KIND, null, null, FORWARDS, ALL, ALL));
      assertEquals(List.of("k" + channel.name()), records.stream().map(StoredRecord::key).toList());
    }
  }

  // Ending.

  @Test
  void reopeningKeepsEverything() {
    long generation = journal.generation();
    long position = append(A, "0").position();
    await(journal.put(A, List.of(record("k", "v"))));
    await(journal.write(A, 0, List.of(), bytes("m")));
    reopen();
    assertEquals(generation, journal.generation());
    assertEquals(List.of("0"), texts(A));
    assertEquals("v", text(await(journal.get(A, KIND, "k"))));
    assertEquals("m", text(await(journal.manifest(A)).bytes()));
    assertTrue(await(journal.write(A, 1, List.of(), bytes("n"))));
    assertTrue(append(A, "1").position() > position);
    Recording follower = new Recording();
    journal.follow(A, position, follower);
    assertEquals(List.of("1"), heard(follower.await(1)));
  }

  @Test
  void closingFinishesWhatWasTaken() {
    List<CompletableFuture<Appended>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(journal.append(A, bytes("" + i), "" + i));
    }
    journal.close();
    answers.forEach(Futures::await);
    journal = open();
    assertEquals(500, texts(A).size());
  }

  @Test
  void aClosedJournalRefusesEverything() {
    append(A, "0");
    journal.close();
    journal.close();
    List<CompletableFuture<?>> answers =
        List.of(
            journal.append(A, bytes("1"), "1"),
            journal.put(A, List.of(record("k", "v"))),
            journal.write(A, 0, List.of(), bytes("m")),
            journal.trim(A, 1),
            journal.delete(A, 1),
            journal.read(A, 0, FORWARDS, 1, 1),
            journal.end(A),
            journal.get(A, KIND, "k"),
            journal.scan(A, KIND, null, null, FORWARDS, 1, 1),
            journal.manifest(A),
            journal.channels(null, 1));
    answers.forEach(answer -> assertEquals(Reason.CLOSED, refusal(answer)));
    journal = open();
    assertEquals(List.of("0"), texts(A));
  }
}
