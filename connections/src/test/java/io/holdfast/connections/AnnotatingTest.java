package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnnotatingTest {
  private final Requests requests =
      new Requests(ConnectionSettings.DEFAULT, (app, channel) -> !channel.startsWith("fixed"));

  private static Annotation annotation(
      AnnotationAction action,
      @Nullable String clientId,
      @Nullable String target,
      @Nullable String type,
      @Nullable String name,
      long count) {
    return new Annotation(
        action, null, clientId, null, name, count, null, null, 0, null, target, type, null);
  }

  private static Annotation create(@Nullable String type, @Nullable String name) {
    return annotation(AnnotationAction.CREATE, null, "m", type, name, 0);
  }

  private Judged judge(Access access, @Nullable String clientId, Annotation... annotations) {
    Sender sender = new Sender(new Publisher("conn", 0), 5, "conn", clientId, "conn:5");
    return requests.annotations(access, "room", List.of(annotations), sender);
  }

  private int refusal(@Nullable String clientId, Annotation... annotations) {
    Judged judged = judge(Pass.KEY, clientId, annotations);
    return assertInstanceOf(Judged.Bad.class, judged).error().code();
  }

  private void good(@Nullable String clientId, Annotation annotation) {
    assertInstanceOf(Judged.Good.class, judge(Pass.KEY, clientId, annotation));
  }

  @Test
  void anAnnotationIsFilledIn() {
    Judged judged = judge(Pass.KEY, "me", create("n:flag.v1", null));
    Part.Annotate part =
        assertInstanceOf(Part.Annotate.class, assertInstanceOf(Judged.Good.class, judged).part());
    Annotation annotation = part.annotations().getFirst();
    assertEquals("conn:5:0", annotation.id());
    assertEquals("me", annotation.clientId());
    assertEquals("conn", annotation.connectionId());
    assertEquals("m", part.target());
  }

  @Test
  void aCountIsANumberFromOne() {
    String none =
        "{\"action\":21,\"channel\":\"room\",\"annotations\":[{\"type\":\"n:total.v1\"}]}";
    assertEquals(0, count(none));
    String zero = none.replace("\"}]", "\",\"count\":0}]");
    assertEquals(
        40003,
        refusal(
            "me", annotation(AnnotationAction.CREATE, null, "m", "n:total.v1", null, count(zero))));
  }

  private static long count(String json) {
    Decoded decoded = FrameCodec.decode(Format.JSON, json.getBytes(StandardCharsets.UTF_8));
    Frame frame = assertInstanceOf(Decoded.Ok.class, decoded).frame();
    return assertInstanceOf(Frame.Annotations.class, frame).annotations().getFirst().count();
  }

  @Test
  void whatIsCountedByClientNeedsOne() {
    for (String method : List.of("flag", "distinct", "unique")) {
      assertEquals(40012, refusal(null, create("n:" + method + ".v1", "x")), method);
      good("me", create("n:" + method + ".v1", "x"));
    }
    good(null, create("n:total.v1", null));
    good(null, create("n:multiple.v1", "x"));
    Annotation taken = annotation(AnnotationAction.DELETE, null, "m", "n:multiple.v1", "x", 0);
    assertEquals(40012, refusal(null, taken));
  }

  @Test
  void whatIsCountedByNameNeedsOne() {
    for (String method : List.of("distinct", "unique", "multiple")) {
      assertEquals(40003, refusal("me", create("n:" + method + ".v1", null)), method);
    }
    good("me", annotation(AnnotationAction.DELETE, null, "m", "n:unique.v1", null, 0));
    good("me", create("n:flag.v1", null));
  }

  @Test
  void aTypeHasItsForm() {
    good("me", create("n:unheard-of.v7", null));
    good(null, create("com.example.reactions", null));
    good(null, create("flag.v1", null));
    assertEquals(40003, refusal("me", create(null, "x")));
    for (String type : List.of("", ":flag.v1", "n:", "n:flag", "n:.v1", "n:flag.vx")) {
      assertEquals(40003, refusal("me", create(type, "x")), type);
    }
    assertEquals(40003, refusal("me", create("n".repeat(600) + ":flag.v1", "x")));
  }

  private static Annotation lengthy(@Nullable String id, @Nullable String encoding, String target) {
    Data data = Data.text("x");
    AnnotationAction action = AnnotationAction.CREATE;
    return new Annotation(
        action, id, null, null, null, 0, data, encoding, 0, null, target, "n:total.v1", null);
  }

  @Test
  void noFieldIsWithoutBounds() {
    good("me", lengthy("i".repeat(512), "e".repeat(256), "m"));
    assertEquals(40003, refusal("me", lengthy("i".repeat(513), null, "m")));
    assertEquals(40013, refusal("me", lengthy(null, "e".repeat(257), "m")));
    assertEquals(40003, refusal("me", lengthy(null, null, "m".repeat(513))));
  }

  @Test
  void otherFaultsAreRefused() {
    assertEquals(40000, refusal("me"));
    Annotation other = annotation(AnnotationAction.CREATE, null, "o", "n:total.v1", null, 0);
    assertEquals(40000, refusal("me", create("n:total.v1", null), other));
    Annotation lost = annotation(AnnotationAction.CREATE, null, null, "n:total.v1", null, 0);
    assertEquals(40003, refusal("me", lost));
    Annotation many = annotation(AnnotationAction.CREATE, null, "m", "n:multiple.v1", "x", -1);
    assertEquals(40003, refusal("me", many));
    Annotation stranger = annotation(AnnotationAction.CREATE, "you", "m", "n:flag.v1", null, 0);
    Judged judged = judge(Pass.named("me"), "me", stranger);
    assertEquals(40012, assertInstanceOf(Judged.Bad.class, judged).error().code());
  }

  @Test
  void itNeedsTheCapabilityAndANamespaceThatAllowsIt() {
    Judged judged = judge(Pass.allowing("me", Permission.PUBLISH), "me", create("n:flag.v1", null));
    assertEquals(40160, assertInstanceOf(Judged.Bad.class, judged).error().code());
    Sender sender = new Sender(null, -1, null, "me", "id");
    Judged fixed =
        requests.annotations(Pass.KEY, "fixed", List.of(create("n:flag.v1", null)), sender);
    assertEquals(93002, assertInstanceOf(Judged.Bad.class, fixed).error().code());
  }

  // ---- over a connection ----

  private static Frame.Annotations frame(long msgSerial, Annotation annotation) {
    return new Frame.Annotations("room", List.of(annotation), msgSerial, null, null, null, 0);
  }

  @Test
  void anAnnotationIsAcknowledgedWithItsSerialAndTold() {
    Lobby lobby = new Lobby();
    Client client = lobby.client().connect();
    long modes = Flags.DEFAULT_MODES | Flags.ANNOTATION_SUBSCRIBE;
    client.send(new Frame.Attach("room", null, modes, Map.of()));
    String serial = client.published("room", "hello");
    Annotation given = annotation(AnnotationAction.CREATE, null, serial, "n:distinct.v1", "x", 0);
    client.send(frame(client.number++, given));
    String made =
        Objects.requireNonNull(
            client.last(Frame.Ack.class).results().getLast().serials().getFirst());
    Frame.Annotations told = client.last(Frame.Annotations.class);
    assertEquals(made, told.annotations().getFirst().serial());
    assertTrue(made.compareTo(serial) > 0);
    Message summary = client.last(Frame.Messages.class).messages().getFirst();
    assertEquals(serial, summary.serial());
    assertEquals(
        "{\"n:distinct.v1\":{\"x\":{\"total\":1,\"clientIds\":[\"me\"],\"clipped\":false}}}",
        summary.summary());
  }

  @Test
  void aFrameSentAgainIsAnsweredAgainAndCountsOnce() {
    Lobby lobby = new Lobby();
    Client client = lobby.client().connect();
    String serial = client.published("room", "hello");
    Annotation given = annotation(AnnotationAction.CREATE, null, serial, "n:total.v1", null, 0);
    client.send(frame(1, given));
    client.cut();
    Client back = client.next();
    back.send(frame(1, given));
    assertEquals(client.last(Frame.Ack.class).results(), back.last(Frame.Ack.class).results());
    back.attach("room", null, Map.of("rewind", "1"));
    assertEquals(
        "{\"n:total.v1\":{\"total\":1}}",
        back.last(Frame.Messages.class).messages().getFirst().summary());
  }

  @Test
  void attachedWithoutTheModeNothingIsAnnotated() {
    Lobby lobby = new Lobby();
    Client client = lobby.client().connect();
    client.send(new Frame.Attach("room", null, Flags.SUBSCRIBE | Flags.PUBLISH, Map.of()));
    String serial = client.published("room", "hello");
    Annotation given = annotation(AnnotationAction.CREATE, null, serial, "n:total.v1", null, 0);
    client.send(frame(client.number++, given));
    assertEquals(40165, client.refusedWith());
  }

  @Test
  void aMessageThatIsNotThereIsRefused() {
    Lobby lobby = new Lobby();
    Client client = lobby.client().connect();
    Annotation given = annotation(AnnotationAction.CREATE, null, "no", "n:total.v1", null, 0);
    client.send(frame(0, given));
    assertEquals(40400, client.refusedWith());
  }
}
