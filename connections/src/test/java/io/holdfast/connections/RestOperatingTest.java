package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Initial;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.ObjectMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestOperatingTest {
  private final Lobby lobby = new Lobby();
  private final RestPublishing rest = new RestPublishing(lobby.connections, () -> "rest");

  private RestPublishing.Outcome operate(int asked, ObjectMessage... messages) {
    CompletableFuture<RestPublishing.Outcome> outcome =
        rest.operate(Pass.named("me"), "room", List.of(messages), asked);
    lobby.world.run();
    assertTrue(outcome.isDone());
    return outcome.join();
  }

  private static ObjectMessage with(@Nullable String id, Operation operation) {
    return new ObjectMessage(id, null, null, null, 0, operation, null, null, 0, null);
  }

  private static ObjectMessage add(@Nullable String id, String counter) {
    return with(id, new Operation.CounterInc(counter, 1));
  }

  private static RestPublishing.Outcome.Done done(RestPublishing.Outcome outcome) {
    return assertInstanceOf(RestPublishing.Outcome.Done.class, outcome, outcome.toString());
  }

  private static int refused(RestPublishing.Outcome outcome) {
    return assertInstanceOf(RestPublishing.Outcome.Refused.class, outcome).error().code();
  }

  private List<Double> values(String... counters) {
    var pool = lobby.connections.node().channels().objects(new ChannelId("app", "room"));
    lobby.world.run();
    List<Double> values = new ArrayList<>();
    Arrays.stream(counters)
        .forEach(
            id -> {
              if (pool.join().get(id) instanceof CounterObject counter) {
                values.add(counter.value());
              }
            });
    return values;
  }

  @Test
  void aBatchIsToldItsIdAndSerials() {
    RestPublishing.Outcome.Done done =
        done(operate(2, add(null, "counter:a@1"), add(null, "counter:b@1")));
    assertEquals("rest", done.messageId());
    assertEquals(2, done.serials().size());
    assertEquals(List.of(1.0, 1.0), values("counter:a@1", "counter:b@1"));
  }

  @Test
  void whatComesAgainIsTheSameHoweverManyObjectsAreFoundForItNow() {
    done(operate(1, add("id", "counter:a@1")));
    RestPublishing.Outcome.Done again =
        done(operate(1, add("id:0", "counter:a@1"), add("id:1", "counter:b@1")));
    assertEquals(1, again.serials().size());
    assertEquals(List.of(1.0), values("counter:a@1", "counter:b@1"));
  }

  @Test
  void whatAsksForAnotherNumberIsAnother() {
    done(operate(1, add("id", "counter:a@1")));
    done(operate(2, add("id:0", "counter:a@1"), add("id:1", "counter:b@1")));
    assertEquals(List.of(2.0, 1.0), values("counter:a@1", "counter:b@1"));
  }

  @Test
  void oneThatIsRefusedTakesTheOthersWithIt() {
    assertEquals(
        92000,
        refused(
            operate(
                2,
                add(null, "counter:a@1"),
                with(null, new Operation.MapSet("counter:a@1", "k", new Value.Bool(true))))));
    assertEquals(List.of(), values("counter:a@1"));
  }

  @Test
  void aCreationIsProvenHereAsWell() {
    Initial initial = new Initial("{\"count\":2}", "a nonce of some length");
    String id = ObjectId.of(ObjectType.COUNTER, initial, 1).toString();
    assertEquals(92000, refused(operate(1, with(null, new Operation.CounterCreate(id, 2, null)))));
    done(operate(1, with(null, new Operation.CounterCreate(id, 2, initial))));
    assertEquals(List.of(2.0), values(id));
  }

  private static final long MODES = Flags.OBJECT_SUBSCRIBE | Flags.OBJECT_PUBLISH;

  private static Frame.Objects clear(long msgSerial) {
    List<ObjectMessage> state = List.of(with(null, new Operation.MapClear(ObjectId.ROOT)));
    return new Frame.Objects("room", state, msgSerial, null, null, null, 0);
  }

  private static List<String> heard(Client client) {
    List<Class<?>> telling =
        List.of(
            Frame.Attached.class,
            Frame.Objects.class,
            Frame.ObjectSync.class,
            Frame.Ack.class,
            Frame.Disconnected.class);
    return client.frames.stream()
        .map(Frame::getClass)
        .filter(telling::contains)
        .map(Class::getSimpleName)
        .toList();
  }

  @Test
  void whoChangesObjectsHearsTheChangeBeforeItsAck() {
    Client client = lobby.client().connect();
    client.send(new Frame.Attach("room", null, MODES, Map.of()));
    client.send(clear(0));
    assertEquals(List.of("Attached", "ObjectSync", "Objects", "Ack"), heard(client));
  }

  @Test
  void anAckOvertakesNoStateThatWaitsForASlowReader() {
    Client client = lobby.client().connect().writable(false);
    client.send(new Frame.Attach("room", null, MODES, Map.of()));
    client.send(clear(0));
    assertEquals(List.of(), heard(client));
    client.writable(true);
    assertEquals(List.of("Attached", "ObjectSync", "Objects", "Ack"), heard(client));
  }

  @Test
  void whatIsAnsweredBehindAStateLeavesWhenThatIsNotSentAnyMore() {
    Client client = lobby.client().connect().writable(false);
    client.send(new Frame.Attach("room", null, MODES, Map.of()));
    client.send(clear(0));
    client.send(new Frame.Detach("room"));
    assertEquals(List.of("Ack"), heard(client));
  }

  @Test
  void aStoppingServerAnswersASlowReaderAsItReads() {
    Client client = lobby.client().connect().writable(false);
    client.send(new Frame.Attach("room", null, MODES, Map.of()));
    client.send(clear(0));
    lobby.connections.drain(10_000);
    client.writable(true);
    assertEquals(
        List.of("Attached", "ObjectSync", "Objects", "Ack", "Disconnected"), heard(client));
  }
}
