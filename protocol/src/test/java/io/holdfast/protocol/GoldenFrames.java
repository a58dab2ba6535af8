package io.holdfast.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The frames whose bytes are kept under {@code golden/}, by the name of their files. */
public final class GoldenFrames {
  private static final ErrorInfo DENIED =
      new ErrorInfo(40160, 401, "No capability for this channel.", null);
  private static final ErrorInfo LOST =
      new ErrorInfo(80018, 400, "The connection cannot be resumed.", "https://example.org/80018");
  private static final long TIME = 1_700_000_000_123L;
  private static final byte[] BYTES = {0, 1, (byte) 0xfe, (byte) 0xff};

  private GoldenFrames() {}

  public static Map<String, Frame> all() {
    Map<String, Frame> all = new LinkedHashMap<>();
    connection(all);
    channel(all);
    presence(all);
    messages(all);
    annotations(all);
    all.putAll(GoldenObjects.all());
    return all;
  }

  private static void connection(Map<String, Frame> all) {
    all.put("heartbeat", new Frame.Heartbeat(null));
    all.put("heartbeat-ping", new Frame.Heartbeat("p1"));
    all.put("ack-first", new Frame.Ack(0, 1, List.of(result("01-02:0"))));
    all.put(
        "ack-conflated", new Frame.Ack(7, 2, List.of(result("01-03:0", null), result("01-04:0"))));
    all.put("ack-presence", new Frame.Ack(70_000, 1, List.of()));
    all.put("nack", new Frame.Nack(0, 1, DENIED));
    all.put("connected", new Frame.Connected("c1", details("alice"), null));
    all.put("connected-not-resumed", new Frame.Connected("c2", details(null), LOST));
    all.put("disconnect", new Frame.Disconnect());
    all.put("disconnected", new Frame.Disconnected(DENIED));
    all.put("disconnected-bare", new Frame.Disconnected(null));
    all.put("close", new Frame.Close());
    all.put("closed", new Frame.Closed());
    all.put("error-connection", new Frame.ProtocolError(null, DENIED));
    all.put("error-channel", new Frame.ProtocolError("room", DENIED));
    all.put("error-empty-channel", new Frame.ProtocolError("", DENIED));
    all.put("auth", new Frame.Auth("token"));
    all.put("auth-request", new Frame.Auth(null));
    all.put("unknown-activate", new Frame.Unknown(18, "room", 3));
    all.put("unknown-bare", new Frame.Unknown(99, null, -1));
  }

  private static void channel(Map<String, Frame> all) {
    all.put("attach-bare", new Frame.Attach("room", null, 0, Map.of()));
    all.put(
        "attach",
        new Frame.Attach("room", "01-02", Flags.PUBLISH | Flags.SUBSCRIBE, Map.of("rewind", "1")));
    all.put(
        "attached",
        new Frame.Attached(
            "room",
            "01-02",
            Flags.HAS_PRESENCE | Flags.RESUMED | Flags.DEFAULT_MODES,
            Map.of("rewind", "1"),
            null));
    all.put(
        "attached-not-resumed", new Frame.Attached("room", "", Flags.SUBSCRIBE, Map.of(), DENIED));
    all.put("detach", new Frame.Detach("room"));
    all.put("detached", new Frame.Detached("room", null));
    all.put("detached-error", new Frame.Detached("room", DENIED));
  }

  private static void presence(Map<String, Frame> all) {
    PresenceMessage enter =
        new PresenceMessage(PresenceAction.ENTER, null, null, null, Data.text(""), null, null, 0);
    PresenceMessage present =
        new PresenceMessage(
            PresenceAction.PRESENT,
            "c1:0:0",
            "alice",
            "c1",
            Data.binary(BYTES),
            null,
            Extras.of("{\"headers\":{\"k\":1}}"),
            TIME);
    all.put("presence-publish", new Frame.Presence("room", List.of(enter), 0, null, null, null, 0));
    all.put(
        "presence-delivery",
        new Frame.Presence("room", List.of(enter), -1, "c1:0", "c1", "01-05", TIME));
    all.put("sync", new Frame.Sync("room", "1:next", List.of(present)));
    all.put("sync-empty", new Frame.Sync("room", null, List.of()));
  }

  private static void messages(Map<String, Frame> all) {
    all.put(
        "messages-publish",
        new Frame.Messages(
            "room",
            List.of(
                message(MessageAction.CREATE, "greeting", Data.text("héllo 🌊"), null, null),
                message(MessageAction.CREATE, null, Data.text(""), null, null),
                message(MessageAction.CREATE, "none", null, null, null)),
            0,
            null,
            null,
            null,
            0,
            Map.of("_forceNack", "true")));
    all.put(
        "messages-binary",
        new Frame.Messages(
            "room",
            List.of(
                message(MessageAction.CREATE, "raw", Data.binary(BYTES), null, null),
                message(
                    MessageAction.CREATE,
                    "cipher",
                    Data.binary("sealed".getBytes(StandardCharsets.UTF_8)),
                    "json/utf-8/cipher+aes-256-cbc",
                    null),
                message(MessageAction.CREATE, "empty", Data.binary(new byte[0]), null, null)),
            1,
            null,
            null,
            null,
            0,
            Map.of()));
    all.put(
        "messages-append",
        new Frame.Messages(
            "room",
            List.of(
                message(
                    MessageAction.APPEND,
                    "answer",
                    Data.text(" \"quoted\"\n\u0001\\"),
                    null,
                    "{\"ai\":{\"transport\":{\"status\":\"streaming\"}}}")),
            -1,
            "c1:9",
            "c1",
            "01-09-000",
            TIME,
            Map.of()));
    all.put(
        "messages-update",
        new Frame.Messages(
            "room", List.of(updated()), -1, "c1:10", "c1", "01-0a-000", TIME, Map.of()));
  }

  private static void annotations(Map<String, Frame> all) {
    Annotation sent = annotation(null, "👍", 0, null, null);
    Annotation told = annotation("c1:3:0", "stars", 4, Data.binary(BYTES), "01-0b:0");
    all.put(
        "annotation-publish", new Frame.Annotations("room", List.of(sent), 3, null, null, null, 0));
    all.put(
        "annotation-delivery",
        new Frame.Annotations("room", List.of(told), -1, "c1:3", "c1", "01-0b-000", TIME));
    Message summary =
        new Message(
                MessageAction.SUMMARY,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                TIME,
                null,
                "01-08:0",
                new Version("01-08:0", TIME, null, null, null))
            .withSummary("{\"n:flag.v1\":{\"total\":1,\"clientIds\":[\"é\"],\"clipped\":false}}");
    all.put(
        "messages-summary",
        new Frame.Messages("room", List.of(summary), -1, null, null, "01-0b-000", TIME, Map.of()));
  }

  private static Annotation annotation(
      @Nullable String id, String name, long count, @Nullable Data data, @Nullable String serial) {
    return new Annotation(
        serial == null ? AnnotationAction.CREATE : AnnotationAction.DELETE,
        id,
        serial == null ? null : "alice",
        null,
        name,
        count,
        data,
        null,
        serial == null ? 0 : TIME,
        serial,
        "01-08:0",
        "reaction:multiple.v1",
        serial == null ? null : Extras.of("{\"headers\":{\"k\":1}}"));
  }

  private static Message updated() {
    return new Message(
        MessageAction.UPDATE,
        "c1:8:0",
        "answer",
        Data.text("{\"a\":1}"),
        "json",
        "alice",
        "c1",
        "key",
        TIME,
        Extras.of("{\"ephemeral\":true,\"n\":[1,-1,1.5,true,null,\"é\"],\"o\":{}}"),
        "01-08:0",
        new Version("01-0a:0", TIME + 1, "bob", "typo", "{\"by\":\"bob\"}"));
  }

  private static Message message(
      MessageAction action,
      @Nullable String name,
      @Nullable Data data,
      @Nullable String encoding,
      @Nullable String extras) {
    boolean sent = action == MessageAction.APPEND;
    return new Message(
        action,
        null,
        name,
        data,
        encoding,
        null,
        null,
        null,
        sent ? TIME : 0,
        extras == null ? null : Extras.of(extras),
        sent ? "01-08:0" : null,
        sent ? new Version("01-09:0", TIME + 1, null, null, null) : null);
  }

  private static Frame.PublishResult result(@Nullable String... serials) {
    return new Frame.PublishResult(Arrays.asList(serials));
  }

  private static ConnectionDetails details(@Nullable String clientId) {
    return new ConnectionDetails(
        clientId, "c1!key", 65_536, 524_288, 100, 120_000, 15_000, "node", "site", 86_400_000);
  }
}
