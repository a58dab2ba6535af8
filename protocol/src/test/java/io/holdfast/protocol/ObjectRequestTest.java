package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.objects.Initial;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectRequestTest {
  private static final String MAP = "map:abc@1";

  private static List<ObjectRequest> requests(Format format, byte[] body) {
    DecodedObjectRequests read = DecodedObjectRequests.read(format, body);
    return assertInstanceOf(DecodedObjectRequests.Ok.class, read, read.toString()).requests();
  }

  /** The same from both formats, which is then given once. */
  private static List<ObjectRequest> requests(String json) {
    String text = json.replace('\'', '"');
    List<ObjectRequest> fromJson = requests(Format.JSON, text.getBytes(UTF_8));
    Object tree = BodyCodec.decodeTree(Format.JSON, text.getBytes(UTF_8));
    assertTrue(tree != null, text);
    byte[] packed = BodyCodec.encodeTree(tree, Format.MSGPACK);
    List<ObjectRequest> fromPacked = requests(Format.MSGPACK, packed);
    assertEquals(
        fromJson.stream().map(r -> r.on("x")).toList(),
        fromPacked.stream().map(r -> r.on("x")).toList());
    return fromJson;
  }

  private static Operation one(String json) {
    List<ObjectRequest> requests = requests(json);
    assertEquals(1, requests.size());
    return requests.getFirst().operation();
  }

  private static String refusal(String json) {
    DecodedObjectRequests read =
        DecodedObjectRequests.read(Format.JSON, json.replace('\'', '"').getBytes(UTF_8));
    ErrorInfo error = assertInstanceOf(DecodedObjectRequests.Refused.class, read).error();
    return error.code() + " " + error.message();
  }

  @Test
  void theFieldSaysWhatIsDone() {
    assertEquals(
        new Operation.MapSet("root", "k", new Value.Text("v")),
        one("{'objectId': 'root', 'mapSet': {'key': 'k', 'value': {'string': 'v'}}}"));
    assertEquals(
        new Operation.MapRemove("root", "k"),
        one("{'mapRemove': {'key': 'k'}, 'objectId': 'root'}"));
    assertEquals(new Operation.MapClear(MAP), one("{'objectId': '" + MAP + "', 'mapClear': {}}"));
    assertEquals(
        new Operation.CounterInc("", -2.5), one("{'path': 'a', 'counterInc': {'number': -2.5}}"));
    assertEquals(new Operation.CounterCreate("", 0, null), one("{'counterCreate': {}}"));
    assertEquals(new Operation.CounterCreate("", 7, null), one("{'counterCreate': {'count': 7}}"));
    assertEquals(
        new Operation.MapCreate("", Map.of("k", MapEntry.of(new Value.Json("[1]"), null)), null),
        one("{'mapCreate': {'semantics': 0, 'entries': {'k': {'data': {'json': '[1]'}}}}}"));
  }

  @Test
  void theWordsOfBeforeSayTheSame() {
    assertEquals(
        new Operation.MapSet("root", "k", new Value.Bool(true)),
        one(
            "{'operation': 'MAP_SET', 'objectId': 'root',"
                + " 'data': {'key': 'k', 'value': {'boolean': true}}}"));
    assertEquals(
        new Operation.MapRemove("root", "k"),
        one("{'data': {'key': 'k'}, 'objectId': 'root', 'operation': 'MAP_REMOVE'}"));
    assertEquals(
        new Operation.CounterInc("counter:a@1", 3),
        one("{'operation': 'COUNTER_INC', 'objectId': 'counter:a@1', 'data': {'number': 3}}"));
    assertEquals(
        new Operation.CounterCreate("", 3.5, null),
        one("{'operation': 'COUNTER_CREATE', 'data': {'number': 3.5}}"));
    assertEquals(new Operation.CounterCreate("", 0, null), one("{'operation': 'COUNTER_CREATE'}"));
    assertEquals(
        new Operation.CounterCreate("", 4, null),
        one("{'operation': 'COUNTER_CREATE', 'data': '{\\'number\\':4}', 'encoding': 'json'}"));
    Operation map =
        new Operation.MapCreate(
            "",
            Map.of(
                "a", MapEntry.of(new Value.Text("1"), null),
                "b", MapEntry.of(new Value.Reference(MAP), null),
                "c", MapEntry.of(new Value.Bytes(new byte[] {1, 2, 3}), null)),
            null);
    assertEquals(
        map,
        one(
            "{'operation': 'MAP_CREATE', 'data': {'a': {'string': '1'},"
                + " 'b': {'data': {'objectId': 'map:abc@1'}}, 'c': {'bytes': 'AQID'}}}"));
    assertEquals(new Operation.MapCreate("", Map.of(), null), one("{'operation': 'MAP_CREATE'}"));
  }

  @Test
  void bytesOfMessagePackStayBytesInTheWordsOfBefore() {
    byte[] packed =
        BodyCodec.encodeTree(
            Map.of(
                "operation",
                "MAP_SET",
                "path",
                "",
                "data",
                Map.of("key", "k", "value", Map.of("bytes", new byte[] {1, 2, 3}))),
            Format.MSGPACK);
    assertEquals(
        new Operation.MapSet("", "k", new Value.Bytes(new byte[] {1, 2, 3})),
        requests(Format.MSGPACK, packed).getFirst().operation());
  }

  @Test
  void idPathAndObjectAreKeptApart() {
    ObjectRequest request =
        requests("[{'id': 'a:0', 'path': 'b.c', 'counterInc': {'number': 1}}]").getFirst();
    assertEquals("a:0", request.id());
    assertEquals("b.c", request.path());
    assertNull(request.objectId());
    assertEquals(new Operation.CounterInc("counter:x@1", 1), request.on("counter:x@1"));
    assertEquals("", requests("{'path': '', 'mapClear': {}}").getFirst().path());
  }

  @Test
  void anIdIsProvenByTheTextItWasMadeFrom() {
    String spaced = "{ \"entries\" : { \"k\" : {\"data\":{\"number\":1.0}} } }";
    assertEquals(
        new Initial(spaced, "n"),
        requests(
                Format.JSON,
                ("{\"objectId\":\"" + MAP + "\",\"mapCreate\":  " + spaced + " ,\"nonce\":\"n\"}")
                    .getBytes(UTF_8))
            .getFirst()
            .proof());
    assertEquals(
        new Initial("{ \"number\" : 5 }", "é"),
        requests(
                Format.JSON,
                ("{\"nonce\":\"é\",\"data\":{ \"number\" : 5 },\"operation\":\"COUNTER_CREATE\""
                        + ",\"objectId\":\"counter:a@1\"}")
                    .getBytes(UTF_8))
            .getFirst()
            .proof());
    ObjectRequest today =
        requests(
                "{'objectId': 'counter:a@1',"
                    + " 'counterCreateWithObjectId': {'initialValue': '{\\'count\\':2}',"
                    + " 'nonce': 'n'}}")
            .getFirst();
    assertEquals(new Initial("{\"count\":2}", "n"), today.proof());
    assertEquals(new Operation.CounterCreate("counter:a@1", 2, today.proof()), today.operation());
    assertNull(requests("{'counterCreate': {'count': 1}}").getFirst().proof());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "7", "'x'", "[]", "[1]", "[null]", "{", "{} {}", "[{}", "[[]]"})
  void whatIsNoOperationIsRefused(String body) {
    assertTrue(refusal(body).startsWith("40000 ") || refusal(body).startsWith("92000 "));
  }

  @Test
  void aFieldThatIsNullIsNoOperation() {
    assertEquals(
        new Operation.CounterInc("", 2),
        one("{'mapSet': null, 'counterInc': {'number': 2}, 'mapClear': null}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}|92000",
        "{'path': 'a'}|92000",
        "{'path': 'a', 'objectDelete': {}}|92000",
        "{'mapSet': {'value': {'string': 'v'}}}|92000",
        "{'mapSet': {'key': 'k'}}|92000",
        "{'mapSet': {'key': 'k', 'value': {}}}|92000",
        "{'mapSet': {'key': 'k', 'value': {'string': 'a', 'number': 1}}}|92000",
        "{'mapSet': {'key': 'k', 'value': {'json': '7'}}}|92000",
        "{'mapSet': {'key': 'k', 'value': {'bytes': '!'}}}|92000",
        "{'mapSet': {'key': 7, 'value': {'string': 'a'}}}|40000",
        "{'mapSet': null}|92000",
        "{'mapClear': null}|92000",
        "{'mapSet': 7}|40000",
        "{'counterInc': {}}|92000",
        "{'counterInc': {'number': '1'}}|40000",
        "{'counterInc': {'number': 1e999}}|40000",
        "{'counterInc': {'number': 1}, 'mapClear': {}}|92000",
        "{'mapCreate': {'semantics': 1}}|92000",
        "{'mapCreate': {'entries': {'k': {}}}}|92000",
        "{'mapCreate': {'entries': {'k': null}}}|92000",
        "{'mapCreateWithObjectId': {'initialValue': '{}'}}|92000",
        "{'mapCreateWithObjectId': {'initialValue': '[', 'nonce': 'n'}}|92000",
        "{'counterCreateWithObjectId': {'initialValue': '{\\'count\\':\\'1\\'}', 'nonce':'n'}}|40000",
        "{'counterCreateWithObjectId': {'initialValue': '{}', 'nonce': 'n'}}|92006",
        "{'operation': 'COUNTER_DEC', 'data': {'number': 1}}|92000",
        "{'operation': 'COUNTER_INC', 'data': 'x'}|92000",
        "{'operation': 'COUNTER_INC', 'data': [1]}|40000",
        "{'operation': 'COUNTER_INC'}|92000",
        "{'operation': 'COUNTER_INC', 'data': {'number': 1}, 'mapClear': {}}|92000",
        "{'operation': 'MAP_CREATE', 'data': {'k': 'v'}}|40000",
        "{'operation': 'MAP_CREATE', 'data': {'k': null}}|92000",
        "{'operation': 'MAP_CREATE', 'data': {'k': {'data': null}}}|92000",
        "{'operation': 7}|40000",
        "{'id': 7, 'counterCreate': {}}|40000",
      })
  void whatIsWrongWithAnOperationIsSaid(String body, int code) {
    assertEquals(String.valueOf(code), refusal(body).split(" ", 2)[0], refusal(body));
  }
}
