package io.holdfast.server;

import io.holdfast.connections.ChannelNames;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the SDKs' own test suites make their apps with. Only in a sandbox: it asks no credentials.
 */
final class SandboxRoutes {
  private static final int APP = 1;
  private static final int MAX_ITEMS = 1_000;
  private static final int MAX_MEMBERS = 10_000;

  /** Of one channel where an app says nothing of it: older suites do not, and enter this many. */
  private static final int MEMBERS = 250;

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final Authenticator authenticator;
  private final Apps apps;
  private final Sandbox sandbox;
  private final Words words;

  SandboxRoutes(Authenticator authenticator, Apps apps, Sandbox sandbox, Words words) {
    this.authenticator = authenticator;
    this.apps = apps;
    this.sandbox = sandbox;
    this.words = words;
  }

  void addTo(Rest rest) {
    rest.on("POST", "/stats", this::stats)
        .on("POST", "/apps", request -> blocking(() -> make(request)))
        .on("DELETE", "/apps/*", request -> blocking(() -> delete(request)));
  }

  private static CompletableFuture<Response> blocking(Supplier<Response> task) {
    return CompletableFuture.supplyAsync(task, work -> Thread.ofVirtual().start(work));
  }

  /** Takes figures that a suite makes up; nothing is counted yet, so nothing comes of them. */
  private CompletableFuture<Response> stats(Request request) {
    var _ = request.principal(authenticator);
    return CompletableFuture.completedFuture(Response.created(List.of()));
  }

  private Response make(Request request) {
    Fields body = Fields.of(request);
    String id = words.word(Words.ID_LENGTH);
    Map<String, ApiKey> keys = new LinkedHashMap<>();
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Fields item : body.list("keys", MAX_ITEMS)) {
      ApiKey key = key(id, item);
      keys.put(key.id(), key);
      shown.add(shown(key, item));
    }
    Map<String, Rules> namespaces = new LinkedHashMap<>();
    for (Fields item : body.list("namespaces", MAX_ITEMS)) {
      namespaces.put(item.required("id"), rules(item));
    }
    List<Sandbox.Fixture> fixtures = new ArrayList<>();
    for (Fields item : body.list("channels", MAX_ITEMS)) {
      fixtures.add(fixture(item));
    }
    long members =
        body.fields("limits").fields("presence").number("maxMembers", MEMBERS, MAX_MEMBERS);
    sandbox.make(new App(id, Terms.strict((int) members), keys, namespaces), fixtures);

    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("appId", id);
    answer.put("accountId", "sandbox");
    answer.put("keys", shown);
    answer.put("namespaces", body.items("namespaces"));
    answer.put("channels", body.items("channels"));
    answer.putAll(address(request));
    return Response.created(answer);
  }

  /** Where clients reach the app: as this request reached us. */
  private static Map<String, Object> address(Request request) {
    boolean tls = "https".equals(request.headers().get("X-Forwarded-Proto"));
    String host = request.headers().get(HttpHeaderNames.HOST, "localhost");
    int colon = host.lastIndexOf(':');
    boolean named = colon > host.lastIndexOf(']');
    int port = tls ? HTTPS : HTTP;
    try {
      port = named ? Integer.parseInt(host.substring(colon + 1)) : port;
    } catch (NumberFormatException e) {
      throw new Refusal(ErrorCode.BAD_REQUEST.info("the header Host has no port that is a number"));
    }
    return Map.of("endpoint", named ? host.substring(0, colon) : host, "port", port, "tls", tls);
  }

  private ApiKey key(String app, Fields item) {
    try {
      Object asked = item.value("capability");
      Capability capability =
          asked == null
              ? Capability.ALL
              : Capability.parse(asked instanceof String text ? text : Json.text(asked));
      return new ApiKey(
          app,
          words.word(Words.ID_LENGTH),
          words.word(Words.SECRET_LENGTH),
          capability,
          item.flag("revocableTokens"),
          Origin.MADE);
    } catch (IllegalArgumentException e) {
      throw new Refusal(ErrorCode.BAD_PARAMETER.info(String.valueOf(e.getMessage())));
    }
  }

  private static Map<String, Object> shown(ApiKey key, Fields item) {
    Map<String, Object> shown = new LinkedHashMap<>(item.all());
    shown.put("id", key.id());
    shown.put("value", key.secret());
    shown.put("keyName", key.name());
    shown.put("keySecret", key.secret());
    shown.put("keyStr", key.whole());
    shown.put("capability", key.capability().text());
    shown.put("revocableTokens", key.revocableTokens());
    shown.put("status", 0);
    return shown;
  }

  private static Rules rules(Fields item) {
    return new Rules(
        item.flag("persisted"), item.flag("mutableMessages"), Rules.DEFAULT_RETENTION, Origin.MADE);
  }

  private Sandbox.Fixture fixture(Fields item) {
    String name = item.required("name");
    ErrorInfo fault = ChannelNames.fault(name);
    if (fault != null) {
      throw new Refusal(fault);
    }
    String connection = words.word(Words.ID_LENGTH);
    List<PresenceMessage> members = new ArrayList<>();
    for (Fields member : item.list("presence", MAX_MEMBERS)) {
      members.add(
          new PresenceMessage(
              PresenceAction.ENTER,
              connection + ":0:" + members.size(),
              member.required("clientId"),
              connection,
              data(member.value("data")),
              member.text("encoding"),
              null,
              0));
    }
    return new Sandbox.Fixture(name, members);
  }

  private static @Nullable Data data(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> Data.text(text);
      case byte[] bytes -> Data.binary(bytes);
      default -> Data.text(Json.text(value));
    };
  }

  private Response delete(Request request) {
    Principal principal = request.principal(authenticator);
    String id = request.target().segments().get(APP);
    App app = apps.app(id);
    if (app == null) {
      throw new Refusal(ErrorCode.NOT_FOUND.info("there is no such app"));
    }
    if (principal.tokenBased() || !principal.app().equals(id)) {
      throw new Refusal(ErrorCode.NEEDS_KEY.info("an app is deleted with a key of its own"));
    }
    sandbox.delete(app);
    return new Response.Empty(204, Map.of());
  }
}
