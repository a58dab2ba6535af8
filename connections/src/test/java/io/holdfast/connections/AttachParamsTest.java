package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channels.Rewind;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachParamsTest {
  private static AttachParams good(long flags, Map<String, String> params) {
    AttachParams.Read read = AttachParams.read(new Frame.Attach("room", null, flags, params));
    return assertInstanceOf(AttachParams.Read.Good.class, read).params();
  }

  private static void bad(Map<String, String> params) {
    AttachParams.Read read = AttachParams.read(new Frame.Attach("room", null, 0, params));
    assertEquals(40000, assertInstanceOf(AttachParams.Read.Bad.class, read).error().code());
  }

  @Test
  void withoutModesTheUsualOnesAreMeant() {
    assertEquals(Flags.DEFAULT_MODES, good(0, Map.of()).modes());
    assertEquals(Flags.DEFAULT_MODES, good(Flags.ATTACH_RESUME, Map.of()).modes());
  }

  @Test
  void modesComeAsFlagsOrAsWordsAndWordsWin() {
    assertEquals(Flags.PUBLISH, good(Flags.PUBLISH, Map.of()).modes());
    assertEquals(
        Flags.SUBSCRIBE | Flags.PRESENCE,
        good(Flags.PUBLISH, Map.of("modes", "subscribe, PRESENCE")).modes());
    bad(Map.of("modes", "subscribe,fly"));
    bad(Map.of("modes", ""));
  }

  @Test
  void rewindIsANumberOrATime() {
    assertEquals(new Rewind(10, 0), good(0, Map.of("rewind", "10")).rewind());
    assertEquals(new Rewind(0, 15_000), good(0, Map.of("rewind", "15s")).rewind());
    assertEquals(new Rewind(0, 120_000), good(0, Map.of("rewind", "2m")).rewind());
    assertNull(good(0, Map.of("rewind", "0")).rewind());
    assertNull(good(0, Map.of()).rewind());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-1", "1h", "1.5s", "10000000000", "ten", " 5", "5 s"})
  void otherRewindsAreRefused(String text) {
    bad(Map.of("rewind", text));
  }

  @Test
  void echoIsOnUnlessItIsFalse() {
    assertTrue(good(0, Map.of()).echo());
    assertTrue(good(0, Map.of("echo", "true")).echo());
    assertFalse(good(0, Map.of("echo", "false")).echo());
  }

  @Test
  void aRewindMayBeLimited() {
    assertEquals(
        new Rewind(0, 120_000, 5), good(0, Map.of("rewind", "2m", "rewindLimit", "5")).rewind());
    assertNull(good(0, Map.of("rewindLimit", "5")).rewind());
    bad(Map.of("rewind", "2m", "rewindLimit", "5s"));
    bad(Map.of("rewind", "2m", "rewindLimit", "0"));
  }

  @Test
  void othersHaveTheirWords() {
    AttachParams usual = good(0, Map.of());
    assertFalse(usual.wholeAppends() || usual.deltas());
    assertNull(usual.occupancy());
    AttachParams all =
        good(
            0,
            Map.of(
                "appendMode", "full",
                "delta", "vcdiff",
                "occupancy", "metrics.subscribers",
                "agent", "x/1"));
    assertTrue(all.wholeAppends() && all.deltas());
    assertEquals("metrics.subscribers", all.occupancy());
    assertEquals(4, all.known().size());
    bad(Map.of("appendMode", "half"));
    bad(Map.of("delta", "zip"));
    bad(Map.of("occupancy", "metrics.nobody"));
    bad(Map.of("echo", "maybe"));
  }

  @Test
  void onlyWhatMeansSomethingIsToldBack() {
    Map<String, String> given =
        Map.of("rewind", "5", "modes", "publish", "echo", "false", "other", "x");
    assertEquals(
        Map.of("rewind", "5", "modes", "publish", "echo", "false"), good(0, given).known());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":room",
        "[bad",
        "[",
        "a\nb",
        "a\u0000",
        "[?rewind=1]",
        "[meta]",
        "[?x=1]:room",
        "[?rewind=1][meta]log",
        "[?x=1][queue]jobs",
        "[filter=bmFtZQ==][meta]log",
        "[meta][meta]log",
        "[?x=1][?y=2]room"
      })
  void namesThatNoChannelCanHave(String name) {
    assertEquals(40010, java.util.Objects.requireNonNull(ChannelNames.fault(name)).code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "room",
        "a b",
        "emoji \ud83d\ude00",
        "a/b:c",
        "[meta]log",
        "[?rewind=1]room",
        "[meta?x=y]log",
        "a[1]",
        "?"
      })
  void namesThatChannelsHave(String name) {
    assertNull(ChannelNames.fault(name));
  }

  @Test
  void aNameMayBeLongButNotEndless() {
    assertNull(ChannelNames.fault("x".repeat(2_048)));
    assertNotNull(ChannelNames.fault("x".repeat(2_049)));
  }
}
