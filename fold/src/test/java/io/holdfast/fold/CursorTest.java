package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
  private static final long MAX_GENERATION = 101_559_956_668_415L;
  private static final long MAX_POSITION = 131_621_703_842_267_135L;

  @Provide
  Arbitrary<Cursor> cursors() {
    return Combinators.combine(
            Arbitraries.longs().between(0, MAX_GENERATION),
            Arbitraries.longs().between(0, MAX_POSITION),
            Arbitraries.integers().between(0, Cursor.MAX_FRAMES - 1))
        .as(Cursor::new);
  }

  @Provide
  Arbitrary<Integer> items() {
    return Arbitraries.integers().between(0, Serial.MAX_ITEMS - 1);
  }

  @Property
  void cursorsSortAsStringsInLogOrder(@ForAll("cursors") Cursor a, @ForAll("cursors") Cursor b) {
    assertEquals(
        Integer.signum(a.compareTo(b)), Integer.signum(a.toString().compareTo(b.toString())));
  }

  @Property
  void neighboursInOneEntrySortByFrameThenItem(
      @ForAll("cursors") Cursor at,
      @ForAll("items") int frame,
      @ForAll("items") int one,
      @ForAll("items") int two) {
    Cursor other = new Cursor(at.generation(), at.position(), frame);
    String a = new Serial(at, one).toString();
    String b = new Serial(other, two).toString();
    int byFrame = Integer.compare(at.frame(), frame);
    int expected = byFrame == 0 ? Integer.compare(one, two) : byFrame;
    assertEquals(Integer.signum(expected), Integer.signum(a.compareTo(b)));
  }

  @Property
  void everyItemOfAFrameSortsBehindItsCursorAndBeforeTheNext(
      @ForAll("cursors") Cursor at, @ForAll("items") int item) {
    String serial = new Serial(at, item).toString();
    assertEquals(-1, Integer.signum(at.toString().compareTo(serial)));
    if (at.frame() + 1 < Cursor.MAX_FRAMES) {
      String next = new Cursor(at.generation(), at.position(), at.frame() + 1).toString();
      assertEquals(1, Integer.signum(next.compareTo(serial)));
    }
  }

  @Property
  void whatIsWrittenIsRead(@ForAll("cursors") Cursor at, @ForAll("items") int item) {
    assertEquals(at, Cursor.parse(at.toString()));
    Serial serial = new Serial(at, item);
    assertEquals(serial, Serial.parse(serial.toString()));
  }

  @Property
  void anyTextIsReadAsACursorOrAsNothing(@ForAll String text) {
    Cursor cursor = Cursor.parse(text);
    if (cursor != null) {
      assertEquals(text, cursor.toString());
    }
  }

  @Property
  void aPlaceThatIsOwedIsThePlaceAndATime(
      @ForAll("cursors") Cursor at, @ForAll @LongRange(min = 0, max = MAX_GENERATION) long since) {
    assertEquals(at, Cursor.parse(at.owing(since)));
    assertEquals(since, Cursor.owedSince(at.owing(since)));
    assertEquals(-1, Cursor.owedSince(at.toString()));
    assertEquals(-1, Cursor.owedSince(new Serial(at, 0).toString()));
    assertNull(Cursor.parse(at.owing(since).replace('~', ':')));
  }

  @Property
  void aCursorWithOneCharacterChangedIsAnotherOrNothing(
      @ForAll("cursors") Cursor at, @ForAll("items") int where, @ForAll char other) {
    StringBuilder text = new StringBuilder(at.toString());
    text.setCharAt(where % text.length(), other);
    Cursor read = Cursor.parse(text.toString());
    if (read != null) {
      assertEquals(text.toString(), read.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "-",
        "0000000000-00000000000-000",
        "000000000-00000000000-00A",
        "000000000-00000000000-0 0",
        "000000000_00000000000-000",
        "000000000-00000000000:000",
        "000000000-00000000000-000:000",
        "-00000001-00000000000-000",
        "00000000٣-00000000000-000",
        "null"
      })
  void otherTextIsNoCursor(String text) {
    assertNull(Cursor.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "000000000-00000000000-000",
        "000000000-00000000000-000:00",
        "000000000-00000000000-000-000",
        "000000000-00000000000-000:0A0",
        "000000000-00000000000-000:000+000000000"
      })
  void otherTextIsNoSerial(String text) {
    assertNull(Serial.parse(text));
  }

  @Test
  void aPositionTooLargeForTheWidthIsAFault() {
    Cursor beyond = new Cursor(0, MAX_POSITION + 1, 0);
    assertThrows(IllegalArgumentException.class, beyond::toString);
  }
}
