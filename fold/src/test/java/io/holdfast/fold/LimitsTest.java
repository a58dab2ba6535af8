package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.holdfast.protocol.PresenceAction;
import org.junit.jupiter.api.Test;

/** What was applied once stays applied, whatever limits the log is read under later. */
class LimitsTest {
  private static final FoldLimits LOW = Stored.room(4, 1, 60_000);
  private static final FoldLimits HIGH = Stored.room(40, 5, 60_000);

  private static Verdict verdict(Applied applied) {
    return applied.outcomes().getFirst().verdict();
  }

  @Test
  void limitsLoweredLaterTakeNothingAway() {
    Stored stored = new Stored(HIGH);
    stored.add(Parts.publish("alice", 0, "0123"));
    String serial = stored.serial(0, 0);
    stored.add(Parts.append("alice", 1, serial, "4567"));
    stored.add(Parts.presence("alice", 2, PresenceAction.ENTER, "alice"));
    stored.add(Parts.presence("bob", 0, PresenceAction.ENTER, "bob"));
    stored.restarted(LOW);
    assertEquals("01234567", stored.text(serial));
    assertEquals(2, stored.state().members().size());
  }

  @Test
  void limitsLoweredHoldForWhatComesAfter() {
    Stored stored = new Stored(HIGH);
    stored.add(Parts.publish("alice", 0, "0123"));
    String serial = stored.serial(0, 0);
    stored.restarted(LOW);
    Applied refused = stored.add(Parts.append("alice", 1, serial, "4567"));
    assertInstanceOf(Verdict.Refused.class, verdict(refused));
    assertEquals("0123", stored.text(serial));
  }

  @Test
  void limitsRaisedLaterBringNothingRefusedToLife() {
    Stored stored = new Stored(LOW);
    stored.add(Parts.publish("alice", 0, "0123"));
    String serial = stored.serial(0, 0);
    stored.add(Parts.append("alice", 1, serial, "4567"));
    stored.restarted(HIGH);
    assertEquals("0123", stored.text(serial));
  }
}
