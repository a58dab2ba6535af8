package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestsTest {
  private static final Sender ME = sender("me");
  private static final Sender NOBODY = sender(null);
  private final Requests requests =
      new Requests(ConnectionSettings.DEFAULT, (app, channel) -> !channel.startsWith("fixed"));

  private static Sender sender(@Nullable String clientId) {
    return new Sender(new Publisher("conn", 0), 5, "conn", clientId, "conn:5");
  }

  private static Message message(
      MessageAction action,
      @Nullable String id,
      @Nullable String clientId,
      @Nullable String serial) {
    return message(action, id, clientId, serial, null);
  }

  private static Message message(
      MessageAction action,
      @Nullable String id,
      @Nullable String clientId,
      @Nullable String serial,
      @Nullable Version version) {
    return new Message(
        action, id, "n", Data.text("x"), null, clientId, null, null, 0, null, serial, version);
  }

  private static Message create(@Nullable String id) {
    return message(MessageAction.CREATE, id, null, null);
  }

  private Judged judge(Access access, Sender sender, Message... messages) {
    return requests.messages(access, "room", List.of(messages), Map.of(), sender);
  }

  private static int code(Judged judged) {
    return assertInstanceOf(Judged.Bad.class, judged).error().code();
  }

  private static Part part(Judged judged) {
    return assertInstanceOf(Judged.Good.class, judged).part();
  }

  private static Access only(Permission... permissions) {
    return Pass.allowing("me", permissions);
  }

  // ---- publishing ----

  @Test
  void whatOnlyTheServerSaysOfAMessageIsRefused() {
    assertEquals(
        40032, code(judge(Pass.named("me"), ME, encoded(null, "{\"delta\":{\"from\":\"x\"}}"))));
    assertEquals(
        40032, code(judge(Pass.named("me"), ME, encoded(null, "{\"a\":1,\"d\\u0065lta\":2}"))));
    assertEquals(40013, code(judge(Pass.named("me"), ME, encoded("json/vcdiff/base64", null))));
    part(judge(Pass.named("me"), ME, encoded("x-vcdiff", "{\"headers\":{\"delta\":1}}")));
  }

  private static Message encoded(@Nullable String encoding, @Nullable String extras) {
    return new Message(
        MessageAction.CREATE,
        null,
        "n",
        Data.text("x"),
        encoding,
        null,
        null,
        null,
        0,
        extras == null ? null : Extras.of(extras),
        null,
        null);
  }

  @Test
  void privilegedExtrasTakeARightOfTheirOwn() {
    Message privileged = encoded(null, "{\"privileged\":{\"a\":1}}");
    assertEquals(40160, code(judge(only(Permission.PUBLISH), ME, privileged)));
    Access both = only(Permission.PUBLISH, Permission.PRIVILEGED_HEADERS);
    assertInstanceOf(Part.Publish.class, part(judge(both, ME, privileged)));
  }

  @Test
  void aPublishIsFilledIn() {
    Message given =
        new Message(
            MessageAction.CREATE,
            null,
            "n",
            Data.text("x"),
            null,
            null,
            "forged",
            "key",
            77,
            null,
            "forged",
            new Version("forged", 1, null, null, null));
    Part.Publish part =
        assertInstanceOf(Part.Publish.class, part(judge(Pass.named("me"), ME, given, given)));
    Message first = part.messages().getFirst();
    assertEquals("conn:5:0", first.id());
    assertEquals("conn:5:1", part.messages().get(1).id());
    assertEquals("me", first.clientId());
    assertEquals("conn", first.connectionId());
    assertNull(first.serial());
    assertNull(first.version());
    assertNull(first.connectionKey());
    assertEquals(0, first.timestamp());
    assertNull(part.origin().idempotencyKey());
    assertEquals(5, part.origin().msgSerial());
  }

  @Test
  void anEmptyPublishAndOneOfTooManyAreRefused() {
    assertEquals(40000, code(judge(Pass.KEY, ME)));
    Message[] many = Collections.nCopies(1_001, create(null)).toArray(Message[]::new);
    assertEquals(40034, code(judge(Pass.KEY, ME, many)));
  }

  @Test
  void aBadChannelNameIsRefused() {
    Judged judged = requests.messages(Pass.KEY, "", List.of(create(null)), Map.of(), ME);
    assertEquals(40010, code(judged));
    judged = requests.presence(Pass.KEY, ":x", List.of(), ME, new Owner("b", 1));
    assertEquals(40010, code(judged));
  }

  @Test
  void aNackMayBeAskedFor() {
    Judged judged =
        requests.messages(
            Pass.KEY, "room", List.of(create(null)), Map.of("_forceNack", "true"), ME);
    assertEquals(40099, code(judged));
  }

  @Test
  void theSumOfAPublishIsBounded() {
    Message half =
        new Message(
            MessageAction.CREATE,
            null,
            null,
            Data.text("x".repeat(32_768)),
            null,
            null,
            null,
            null,
            0,
            null,
            null,
            null);
    part(judge(Pass.named(null), NOBODY, half, half));
    Judged over = judge(Pass.named(null), NOBODY, half, half, create(null));
    assertEquals(40009, code(over));
  }

  private static Message encoded(MessageAction action, @Nullable String id, String encoding) {
    Data data = Data.text("x");
    return new Message(action, id, "n", data, encoding, null, null, null, 0, null, "serial", null);
  }

  @Test
  void whatTheSizeOfAPublishDoesNotCountIsBoundedToo() {
    part(judge(Pass.KEY, ME, encoded(MessageAction.CREATE, null, "e".repeat(256))));
    Message encoding = encoded(MessageAction.CREATE, null, "e".repeat(257));
    assertEquals(40013, code(judge(Pass.KEY, ME, encoding)));
    assertEquals(
        40013, code(judge(Pass.KEY, ME, encoded(MessageAction.APPEND, null, "e".repeat(257)))));
    Message serial = message(MessageAction.UPDATE, null, null, "s".repeat(513));
    assertEquals(40003, code(judge(Pass.KEY, ME, serial)));
    List<Message> many =
        Collections.nCopies(300, encoded(MessageAction.CREATE, null, "e".repeat(256)));
    part(requests.messages(Pass.KEY, "room", many, Map.of(), ME));
    List<Message> named = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      named.add(encoded(MessageAction.CREATE, "i".repeat(400) + ":" + i, "e".repeat(256)));
    }
    assertEquals(40009, code(requests.messages(Pass.KEY, "room", named, Map.of(), ME)));
  }

  @Test
  void whyAMessageWasChangedCounts() {
    Version wordy = new Version(null, 0, null, "d".repeat(2_049), null);
    Message described = message(MessageAction.UPDATE, null, null, "s", wordy);
    assertEquals(40003, code(judge(Pass.KEY, ME, described)));
    String metadata = "{\"a\":\"" + "m".repeat(65_536) + "\"}";
    Version large = new Version(null, 0, null, "why", metadata);
    for (MessageAction action :
        List.of(MessageAction.UPDATE, MessageAction.DELETE, MessageAction.APPEND)) {
      Message change = message(action, null, null, "s", large);
      assertEquals(40009, code(judge(Pass.KEY, ME, change)), action::toString);
    }
    Version some = new Version(null, 0, null, "why", "{\"a\":\"1\"}");
    part(judge(Pass.KEY, ME, message(MessageAction.UPDATE, null, null, "s", some)));
  }

  @Test
  void theMetadataOfAChangeIsText() {
    for (String metadata : List.of("{}", "{\"a\":\"\"}", "{\"a\":\"1\",\"b\":\"{}\"}")) {
      Version good = new Version(null, 0, null, null, metadata);
      part(judge(Pass.KEY, ME, message(MessageAction.DELETE, null, null, "s", good)));
    }
    for (String value : List.of("1", "true", "null", "{\"b\":\"c\"}", "[\"b\"]")) {
      Version bad = new Version(null, 0, null, null, "{\"a\":\"1\",\"n\":" + value + "}");
      Message change = message(MessageAction.UPDATE, null, null, "s", bad);
      assertEquals(40003, code(judge(Pass.KEY, ME, change)), value);
    }
  }

  @Test
  void publishingNeedsTheRight() {
    assertEquals(40160, code(judge(only(Permission.SUBSCRIBE), ME, create(null))));
    part(judge(only(Permission.PUBLISH), ME, create(null)));
  }

  @Test
  void onlyOnesOwnNameMayBeUsedUnlessAnyMay() {
    Message you = message(MessageAction.CREATE, null, "you", null);
    assertEquals(40012, code(judge(Pass.named("me"), ME, you)));
    assertEquals(40012, code(judge(Pass.named(null), NOBODY, you)));
    part(judge(Pass.KEY, NOBODY, you));
    for (String never : List.of("", "*")) {
      Message bad = message(MessageAction.CREATE, null, never, null);
      assertEquals(40012, code(judge(Pass.KEY, NOBODY, bad)));
    }
  }

  @Test
  void idsOfABatchFollowOneBase() {
    Part.Publish part =
        assertInstanceOf(
            Part.Publish.class, part(judge(Pass.KEY, ME, create("a:0"), create("a:1"))));
    assertEquals("a\n2", part.origin().idempotencyKey());
    assertEquals("a:1", part.messages().get(1).id());
    Part.Publish alone =
        assertInstanceOf(Part.Publish.class, part(judge(Pass.KEY, ME, create("a:0"))));
    assertEquals("a:0", alone.origin().idempotencyKey());
    assertEquals(40031, code(judge(Pass.KEY, ME, create("a:0"), create("b:1"))));
    assertEquals(40031, code(judge(Pass.KEY, ME, create("a:0"), create(null))));
    assertEquals(40031, code(judge(Pass.KEY, ME, create(null), create("a:1"))));
    assertEquals(40031, code(judge(Pass.KEY, ME, create("a:1"), create("a:0"))));
    assertEquals(40031, code(judge(Pass.KEY, ME, create(""))));
    assertEquals(40031, code(judge(Pass.KEY, ME, create("x".repeat(513)))));
  }

  @Test
  void extrasSayWhatIsEphemeral() {
    Message message =
        new Message(
            MessageAction.CREATE,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            0,
            Extras.of("{\"ephemeral\":true}"),
            null,
            null);
    assertTrue(assertInstanceOf(Judged.Good.class, judge(Pass.KEY, ME, message)).ephemeral());
    Message kept = Client.message(MessageAction.CREATE, null, null, "kept");
    assertInstanceOf(Judged.Bad.class, judge(Pass.KEY, ME, kept, message));
    assertInstanceOf(Judged.Bad.class, judge(Pass.KEY, ME, message, kept));
  }

  // ---- changing ----

  private static Message change(MessageAction action) {
    return message(action, null, null, "serial");
  }

  @Test
  void aChangeNamesItsMessageAndStandsAlone() {
    Message nameless = message(MessageAction.UPDATE, null, null, null);
    assertEquals(40003, code(judge(Pass.KEY, ME, nameless)));
    Message update = change(MessageAction.UPDATE);
    assertEquals(40000, code(judge(Pass.KEY, ME, update, update)));
    assertEquals(40000, code(judge(Pass.KEY, ME, create(null), update)));
  }

  @Test
  void aNamespaceMayForbidChanges() {
    Message update = change(MessageAction.UPDATE);
    assertEquals(93002, code(requests.messages(Pass.KEY, "fixed", List.of(update), Map.of(), ME)));
  }

  @Test
  void actionsOfTheServerAreRefused() {
    assertEquals(40000, code(judge(Pass.KEY, ME, change(MessageAction.META))));
    assertEquals(40000, code(judge(Pass.KEY, ME, change(MessageAction.SUMMARY))));
  }

  @Test
  void rightsToAnyAreTakenToTheLogAndRightsToOwnToo() {
    Part.Mutate any =
        assertInstanceOf(
            Part.Mutate.class,
            part(judge(only(Permission.MESSAGE_UPDATE_ANY), ME, change(MessageAction.UPDATE))));
    assertTrue(any.any());
    Part.Mutate own =
        assertInstanceOf(
            Part.Mutate.class,
            part(judge(only(Permission.MESSAGE_UPDATE_OWN), ME, change(MessageAction.UPDATE))));
    assertFalse(own.any());
    assertEquals("me", own.author().clientId());
    assertEquals("conn:5", own.author().id());
  }

  @Test
  void eachChangeNeedsItsRight() {
    Access publisher = only(Permission.PUBLISH);
    assertEquals(40160, code(judge(publisher, ME, change(MessageAction.UPDATE))));
    assertEquals(40160, code(judge(publisher, ME, change(MessageAction.DELETE))));
    part(judge(publisher, ME, change(MessageAction.APPEND)));
    Access updater = only(Permission.MESSAGE_UPDATE_OWN);
    assertEquals(40160, code(judge(updater, ME, change(MessageAction.DELETE))));
    Access deleter = only(Permission.MESSAGE_DELETE_ANY);
    assertEquals(40160, code(judge(deleter, ME, change(MessageAction.UPDATE))));
    part(judge(deleter, ME, change(MessageAction.DELETE)));
    Access listener = only(Permission.SUBSCRIBE);
    assertEquals(40160, code(judge(listener, ME, change(MessageAction.APPEND))));
  }

  @Test
  void nobodyHasNoMessagesOfTheirOwn() {
    Access own = new Pass("app", null, java.util.Set.of(Permission.MESSAGE_UPDATE_OWN), 0, 0);
    assertEquals(40166, code(judge(own, NOBODY, change(MessageAction.UPDATE))));
    Access any = new Pass("app", null, java.util.Set.of(Permission.MESSAGE_UPDATE_ANY), 0, 0);
    part(judge(any, NOBODY, change(MessageAction.UPDATE)));
  }

  @Test
  void anOperationMayNameItsAuthorWithinTheRules() {
    Version you = new Version(null, 0, "you", "why", "{}");
    Message update = message(MessageAction.UPDATE, null, null, "serial", you);
    assertEquals(40012, code(judge(Pass.named("me"), ME, update)));
    Part.Mutate part = assertInstanceOf(Part.Mutate.class, part(judge(Pass.KEY, NOBODY, update)));
    assertEquals("you", part.version().clientId());
    assertEquals("why", part.version().description());
  }

  @Test
  void anAppendIsOnePieceAndItsFieldsCarryNoData() {
    Part.Append part =
        assertInstanceOf(
            Part.Append.class, part(judge(Pass.KEY, ME, change(MessageAction.APPEND))));
    assertEquals(1, part.pieces().size());
    assertEquals(Data.text("x"), part.pieces().getFirst().data());
    assertNull(part.change().data());
  }

  // ---- presence ----

  private Judged enter(Access access, Sender sender, PresenceMessage... messages) {
    return requests.presence(access, "room", List.of(messages), sender, new Owner("b", 1));
  }

  private static PresenceMessage presence(PresenceAction action, @Nullable String clientId) {
    return new PresenceMessage(action, null, clientId, "forged", null, null, null, 99);
  }

  @Test
  void aPresenceFrameIsFilledIn() {
    Part.Presence part =
        assertInstanceOf(
            Part.Presence.class,
            part(enter(Pass.named("me"), ME, presence(PresenceAction.PRESENT, null))));
    PresenceMessage first = part.messages().getFirst();
    assertEquals(PresenceAction.ENTER, first.action());
    assertEquals("me", first.clientId());
    assertEquals("conn", first.connectionId());
    assertEquals("conn:5:0", first.id());
    assertEquals(0, first.timestamp());
  }

  private String idOf(String given) {
    PresenceMessage again =
        new PresenceMessage(PresenceAction.ENTER, given, null, null, null, null, null, 0);
    Part.Presence part =
        assertInstanceOf(Part.Presence.class, part(enter(Pass.named("me"), ME, again)));
    return String.valueOf(part.messages().getFirst().id());
  }

  @Test
  void aClientEntersAgainUnderAnIdOfItsConnectionAndOfNoOther() {
    assertEquals("conn:2:0", idOf("conn:2:0"));
    assertEquals("conn:5:0", idOf("before:2:0"));
    assertEquals("my own", idOf("my own"));
  }

  @Test
  void presenceNeedsARightANameAndSomethingToSay() {
    PresenceMessage enter = presence(PresenceAction.ENTER, null);
    assertEquals(40160, code(enter(only(Permission.PUBLISH), ME, enter)));
    assertEquals(91000, code(enter(Pass.named(null), NOBODY, enter)));
    assertEquals(40012, code(enter(Pass.KEY, NOBODY, enter)));
    assertEquals(40000, code(enter(Pass.KEY, ME)));
    assertEquals(40000, code(enter(Pass.KEY, ME, presence(PresenceAction.ABSENT, null))));
    assertEquals(40012, code(enter(Pass.named("me"), ME, presence(PresenceAction.ENTER, "you"))));
    assertEquals(40012, code(enter(Pass.KEY, ME, presence(PresenceAction.ENTER, "*"))));
  }

  @Test
  void aPresenceFrameIsBounded() {
    PresenceMessage big =
        new PresenceMessage(
            PresenceAction.ENTER, null, null, null, Data.text("x".repeat(65_537)), null, null, 0);
    assertEquals(40009, code(enter(Pass.KEY, ME, big)));
    PresenceMessage named =
        new PresenceMessage(
            PresenceAction.ENTER, "i".repeat(513), null, null, (Data) null, null, null, 0);
    assertEquals(40003, code(enter(Pass.KEY, ME, named)));
    PresenceMessage encoded =
        new PresenceMessage(
            PresenceAction.ENTER, null, null, null, Data.text("x"), "e".repeat(257), null, 0);
    assertEquals(40013, code(enter(Pass.KEY, ME, encoded)));
  }
}
