package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AppsTest {
  private final AuthFixture auth = new AuthFixture();

  @Test
  void aNamespaceIsWhatStandsBeforeTheFirstColon() {
    assertFalse(auth.apps.rules("demo", "frozen").mutableMessages());
    assertFalse(auth.apps.rules("demo", "frozen:a:b").mutableMessages());
    assertEquals(Duration.ofDays(1), auth.apps.rules("demo", "frozen:a").retention());
    assertTrue(auth.apps.rules("demo", "frozen-not").mutableMessages());
    assertTrue(auth.apps.rules("demo", "chat:frozen").mutableMessages());
    assertEquals(Duration.ofDays(90), auth.apps.rules("demo", "chat").retention());
  }

  @Test
  void changesAreSeenAsTheyHappen() {
    AppRecords records = new AppRecords(auth.registry);
    records.write(
        new App(
            "later",
            Terms.STANDARD,
            Map.of("k", new ApiKey("later", "k", "secret", Capability.ALL, false, Origin.MADE)),
            Map.of("ns", new Rules(true, false, Duration.ZERO, Origin.MADE))));
    assertNotNull(auth.apps.key("later.k"));
    assertFalse(auth.apps.rules("later", "ns:1").mutableMessages());
    auth.registry.compareAndSet("later", Rules.KIND, "ns", 1, null).join();
    assertTrue(auth.apps.rules("later", "ns:1").mutableMessages());
    auth.registry.compareAndSet(App.NOBODY, App.KIND, "later", 1, null).join();
    assertNull(auth.apps.app("later"));
    assertNull(auth.apps.key("later.k"));
  }

  @Test
  void whatIsConfiguredNoLongerIsTakenBack() {
    AppRecords records = new AppRecords(auth.registry);
    records.write(
        new App(
            "demo",
            Terms.STANDARD,
            Map.of("made", new ApiKey("demo", "made", "s", Capability.ALL, false, Origin.MADE)),
            Map.of()));
    records.apply(
        List.of(
            new App(
                "demo",
                Terms.STANDARD,
                Map.of("root", AuthFixture.key("root", "new", Capability.ALL)),
                Map.of())));
    assertNull(auth.apps.key("demo.narrow"));
    assertNotNull(auth.apps.key("demo.made"));
    assertEquals(40101, auth.code(new Credentials(AuthFixture.KEY, null, null)));
    assertEquals(
        "demo.root", auth.principal(new Credentials("demo.root:new", null, null)).keyName());
    assertTrue(auth.apps.rules("demo", "frozen").mutableMessages());
  }

  @Test
  void aRecordThatCannotBeReadHarmsNoOther() {
    auth.registry
        .compareAndSet("demo", ApiKey.KIND, "bad", 0, "nonsense".getBytes(StandardCharsets.UTF_8))
        .join();
    assertNull(new Apps(auth.registry).key("demo.bad"));
    assertNotNull(new Apps(auth.registry).key("demo.root"));
  }
}
