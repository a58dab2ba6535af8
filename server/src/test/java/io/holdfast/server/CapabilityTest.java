package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Flags;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilityTest {
  private static Capability of(String json) {
    return Capability.parse(json.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource({
    "*, chat, true",
    "*, chat:room:1, true",
    "*, [meta]log, false",
    "*, [queue]jobs, false",
    "*, [?rewind=1]chat, true",
    "chat, chat, true",
    "chat, chat:room, false",
    "chat:*, chat, false",
    "chat:*, chat:room, true",
    "chat:*, chat:room:1, true",
    "*:room, chat:room, true",
    "*:room, chat:deep:room, false",
    "chat:*:log, chat:1:log, true",
    "chat:*:log, chat:1:2:log, false",
    "foo*, foobar, false",
    "foo*, foo*, true",
    "[meta]*, [meta]log, true",
    "[meta]*, [meta?x=y]log, true",
    "[meta]*, log, false",
    "[queue]*, [queue]jobs, true",
    "[queue]*, [meta]log, false",
    "[*]*, chat:room, true",
    "[*]*, [meta]log, true",
    "[*]*, [filter=bmFtZQ==]chat, true",
    "[*]chat, [meta]log, false",
    "[filter]*, [filter=bmFtZQ==]chat, true",
    "[filter]*, chat, false",
    "[filter=bmFtZQ==]*, [filter=bmFtZQ==]chat, true",
    "[filter=bmFtZQ==]*, [filter=bmFtZQ==?rewind=1]chat, true",
    "[filter=bmFtZQ==?x=y]*, [filter=bmFtZQ==]chat, true",
    "[filter=bmFtZQ==]*, [filter=QA==]chat, false",
    "[filter=bmFtZQ==]*, chat, false",
    "*, [filter=bmFtZQ==]chat, false",
  })
  void resourcesMatchWholeSegments(String pattern, String channel, boolean matches) {
    assertEquals(matches, Resource.of(pattern).matches(channel));
  }

  @ParameterizedTest
  @CsvSource({
    "*, chat:*, true",
    "chat:*, *, false",
    "chat:*, chat:*, true",
    "chat:*, chat:*:log, true",
    "chat:*:log, chat:*, false",
    "*:log, chat:*, false",
    "*:*, chat, false",
    "*:*, *, false",
    "[*]*, *, true",
    "*, [*]*, false",
    "[filter]*, [filter=QA==]a, true",
    "[filter=QA==]*, [filter]a, false",
  })
  void aResourceCoversWhatItMatchesWhole(String wide, String narrow, boolean covers) {
    assertEquals(covers, Resource.of(wide).covers(Resource.of(narrow)));
  }

  @Test
  void permitsWhatIsNamedAndNothingElse() {
    Capability capability = of("{'chat:*':['publish'],'news':['subscribe','history']}");
    assertTrue(capability.permits(Operation.PUBLISH, "chat:1"));
    assertFalse(capability.permits(Operation.SUBSCRIBE, "chat:1"));
    assertTrue(capability.permits(Operation.HISTORY, "news"));
    assertFalse(capability.permits(Operation.PUBLISH, "news"));
    assertTrue(capability.permits(Operation.HISTORY));
    assertFalse(capability.permits(Operation.STATS));
  }

  @Test
  void subscribeGrantsPresenceAndObjectsToo() {
    assertEquals(
        Flags.SUBSCRIBE | Flags.PRESENCE_SUBSCRIBE | Flags.OBJECT_SUBSCRIBE,
        of("{'*':['subscribe']}").modes("chat"));
    assertEquals(Flags.PUBLISH | Flags.PRESENCE, of("{'*':['publish','presence']}").modes("chat"));
    assertEquals(0, of("{'*':['history']}").modes("chat"));
    assertEquals(0, of("{'other':['*']}").modes("chat"));
    assertEquals(Flags.MODES, Capability.ALL.modes("chat"));
  }

  @Test
  void intersectionIsCanonical() {
    Capability key =
        of("{'channel2':['publish','subscribe'],'channel6':['*'],'cansubscribe:*':['subscribe']}");
    assertEquals(
        "{\"channel2\":[\"subscribe\"]}",
        key.intersect(
                of("{'channelx':['presence','subscribe'],'channel2':['presence','subscribe']}"))
            .text());
    assertEquals(
        "{\"channel2\":[\"publish\",\"subscribe\"]}",
        key.intersect(of("{'channel2':['*']}")).text());
    assertEquals(
        "{\"channel6\":[\"publish\",\"subscribe\"]}",
        key.intersect(of("{'channel6':['subscribe','publish']}")).text());
    assertEquals(
        "{\"cansubscribe:check\":[\"subscribe\"]}",
        key.intersect(of("{'cansubscribe:check':['subscribe']}")).text());
    assertEquals("{\"*\":[\"*\"]}", Capability.ALL.intersect(Capability.ALL).text());
    assertTrue(key.intersect(of("{'channelx':['publish']}")).isEmpty());
    assertTrue(key.intersect(of("{'channel2':['presence']}")).isEmpty());
  }

  @Test
  void intersectionGrantsNothingThatOneOfThemDoesNot() {
    List<String> patterns = List.of("*", "a:*", "a", "*:b", "a:b", "[*]*", "[meta]*", "a:*:c");
    List<String> channels = List.of("a", "b", "a:b", "a:b:c", "c:b", "[meta]a", "[queue]b", "*");
    for (String one : patterns) {
      for (String other : patterns) {
        Capability left = of("{'" + one + "':['publish','subscribe']}");
        Capability right = of("{'" + other + "':['publish']}");
        Capability both = left.intersect(right);
        for (String channel : channels) {
          if (both.permits(Operation.PUBLISH, channel)) {
            assertTrue(
                left.permits(Operation.PUBLISH, channel)
                    && right.permits(Operation.PUBLISH, channel),
                one + " and " + other + " on " + channel);
          }
          assertFalse(both.permits(Operation.SUBSCRIBE, channel));
        }
      }
    }
  }

  @Test
  void aFilterIsPrintedBackAsItWasAskedFor() {
    Capability key = of("{'[*]*':['*']}");
    assertEquals(
        "{\"[filter=QA==]a\":[\"subscribe\"]}",
        key.intersect(of("{'[filter=QA==?x=y]a':['subscribe']}")).text());
    assertEquals(
        "{\"[filter=QA==]a\":[\"subscribe\"]}",
        of("{'[filter]*':['*']}").intersect(of("{'[filter=QA==]a':['subscribe']}")).text());
  }

  @Test
  void canonicalFormIsSorted() {
    assertEquals(
        "{\"a\":[\"publish\",\"subscribe\"],\"b\":[\"*\"]}",
        of("{ 'b': ['*'], 'a': ['subscribe', 'publish'] }").canonical());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{'a':'publish'}",
        "{'a':[]}",
        "{'a':['publish_']}",
        "{'a':['*','publish']}",
        "{'a':[1]}"
      })
  void refusesWhatIsNoCapability(String text) {
    assertThrows(IllegalArgumentException.class, () -> of(text));
  }
}
