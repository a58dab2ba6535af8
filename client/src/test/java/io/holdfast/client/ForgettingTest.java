package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import io.holdfast.protocol.ConnectionDetails;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.ObjectMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What shared objects remember of what is gone, against a server worked by hand. */
class ForgettingTest {
  private final FakeServer server = new FakeServer();
  private final World world = server.world;
  private int serials;

  private ObjectMessage told(Operation operation) {
    String serial = String.format("%08d", serials++);
    long now = world.instant().toEpochMilli();
    return new ObjectMessage(null, null, null, null, 0, operation, null, serial, now, "site");
  }

  private void setAndRemoved(String key) {
    ObjectMessage set = told(new Operation.MapSet("root", key, new Value.Text("x")));
    ObjectMessage removed = told(new Operation.MapRemove("root", key));
    server.line().tell(new Frame.Objects("a", List.of(set, removed), -1, "i", null, "s", 1));
  }

  @Test
  void whatIsGoneIsForgottenAfterTheGrace() {
    RealtimeClient client = server.client();
    ConnectionDetails quiet =
        new ConnectionDetails("me", "c1!1", 65_536, 524_288, 0, 120_000, 0, "s", "site", 3_600_000);
    server.line().tell(new Frame.Connected("c1", quiet, null));
    Channel channel =
        client.channel("a", ChannelOptions.DEFAULT.modes(ChannelMode.OBJECT_SUBSCRIBE));
    CompletableFuture<Void> unused = channel.attachAsync();
    world.settle();
    server.line().attached("a", "s0", Flags.OBJECT_SUBSCRIBE);
    List<ObjectChange> heard = new ArrayList<>();
    channel.objects().changes().listen(heard::add);
    SharedState state = ((LiveChannel) channel).attachment().shared();
    for (int i = 0; i < 300; i++) {
      setAndRemoved("k" + i);
      world.pass(Duration.ofMinutes(1));
    }
    // of the grace, and of as long as it is not looked
    assertTrue(state.pool().tombstones() <= 66, state.pool().tombstones() + " are remembered");
    assertEquals(Map.of(), channel.objects().root().compact());
    assertEquals(300, heard.size());
  }
}
