package io.holdfast.journalnats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.api.ServerInfo;
import org.junit.jupiter.api.Test;

/** Which servers will do. */
class StreamsTest {
  private static ServerInfo server(String version, boolean jetStream, int maxPayload) {
    return new ServerInfo(
        "{\"server_id\":\"x\",\"version\":\"%s\",\"jetstream\":%s,\"max_payload\":%d}"
            .formatted(version, jetStream, maxPayload));
  }

  private static String refusal(ServerInfo server) {
    JournalException refused = assertThrows(JournalException.class, () -> Streams.check(server));
    assertEquals(Reason.UNREADABLE, refused.reason());
    return String.valueOf(refused.getMessage());
  }

  @Test
  void anOldServerIsRefusedWithTheVersionThatIsNeeded() {
    for (String version : new String[] {"2.9.10", "2.10.27", "2.2.0", "dev", "1"}) {
      String said = refusal(server(version, true, 8 << 20));
      assertTrue(said.contains("version " + version), said);
      assertTrue(said.contains("2.11 or later"), said);
    }
  }

  @Test
  void aCurrentServerWillDo() {
    for (String version : new String[] {"2.11.0", "2.12.15", "2.15.3", "2.16.0-RC.1", "3.0.0"}) {
      Streams.check(server(version, true, 8 << 20));
    }
  }

  @Test
  void aServerWithoutJetStreamOrWithSmallMessagesIsRefusedWithWhatToSet() {
    String without = refusal(server("2.15.3", false, 8 << 20));
    assertTrue(without.contains("jetstream block"), without);
    String small = refusal(server("2.15.3", true, 1 << 20));
    assertTrue(small.contains("max_payload"), small);
  }
}
