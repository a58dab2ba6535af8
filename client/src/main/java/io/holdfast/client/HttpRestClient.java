package io.holdfast.client;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A REST client: what is not of one channel. */
final class HttpRestClient implements RestClient {
  private final ClientOptions options;
  private final RestCaller rest;
  private final Http http;
  private final Auth auth;
  private final Ids ids;
  private final Runnable close;

  HttpRestClient(
      ClientOptions options, RestCaller rest, Http http, Auth auth, Ids ids, Runnable close) {
    this.options = options;
    this.rest = rest;
    this.http = http;
    this.auth = auth;
    this.ids = ids;
    this.close = close;
  }

  @Override
  public RestChannel channel(String name) {
    return new HttpRestChannel(rest, ids, name, Coding.PLAIN);
  }

  @Override
  public RestChannel channel(String name, Cipher cipher) {
    return new HttpRestChannel(rest, ids, name, Coding.of(cipher));
  }

  @Override
  public Auth auth() {
    return auth;
  }

  @Override
  public Instant time() throws InterruptedException {
    Http.Answer answer = http.send(Http.Ask.get("/time", Map.of()));
    if (answer.status() >= 300) {
      throw new HoldfastException(answer.error());
    }
    List<?> times = Answers.list(tree(answer));
    if (times.isEmpty()) {
      throw Fault.UNREADABLE.exception("no time");
    }
    return Instant.ofEpochMilli(Answers.number(times.get(0)));
  }

  private static @Nullable Object tree(Http.Answer answer) {
    return BodyCodec.decodeTree(answer.format(), answer.body());
  }

  @Override
  public List<Published> publish(List<String> channels, List<io.holdfast.client.Message> messages)
      throws InterruptedException {
    String base = ids.next();
    List<Message> wire = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      io.holdfast.client.Message message = messages.get(i);
      String id = message.id() == null ? base + ":" + i : message.id();
      wire.add(Coding.PLAIN.encode(message, MessageAction.CREATE, id, null));
    }
    Map<String, Object> spec = Map.of("channels", List.copyOf(channels), "messages", wire);
    Http.Answer answer =
        rest.call(
            new Http.Ask(
                "POST",
                "/messages",
                Map.of(),
                BodyCodec.encodeTree(spec, rest.format()),
                true,
                Map.of()));
    List<Published> published = new ArrayList<>();
    for (Object result : results(tree(answer))) {
      Map<?, ?> map = Answers.map(result);
      published.add(
          new Published(
              String.valueOf(map.get("channel")),
              new PublishResult(HttpRestChannel.serials(map)),
              Answers.error(map.get("error"))));
    }
    return published;
  }

  /** One result stands for itself; several specs' are in an array. */
  private static List<?> results(@Nullable Object tree) {
    List<?> array = Answers.list(tree);
    return Answers.list(Answers.map(array.isEmpty() ? tree : array.get(0)).get("results"));
  }

  @Override
  public List<Present> presence(List<String> channels) throws InterruptedException {
    Map<String, String> query = new LinkedHashMap<>();
    // A comma is what every server takes; another only where a name has one in it.
    String separator = channels.stream().anyMatch(name -> name.contains(",")) ? "\n" : ",";
    query.put("channels", String.join(separator, channels));
    if (!separator.equals(",")) {
      query.put("separator", separator);
    }
    Http.Answer answer = rest.call(Http.Ask.get("/presence", query));
    List<Present> present = new ArrayList<>();
    for (Object result : results(tree(answer))) {
      Map<?, ?> map = Answers.map(result);
      ErrorInfo error = Answers.error(map.get("error"));
      List<Member> members = new ArrayList<>();
      if (error == null && map.get("presence") != null) {
        // its members are read as any others: written again in the same format
        byte[] part = BodyCodec.encodeTree(map.get("presence"), Format.MSGPACK);
        members.addAll(Histories.members(Coding.PLAIN).read(Format.MSGPACK, part));
      }
      present.add(new Present(String.valueOf(map.get("channel")), members, error));
    }
    return present;
  }

  @Override
  public Page<String> channels(String prefix) throws InterruptedException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("by", "id");
    if (!prefix.isEmpty()) {
      query.put("prefix", prefix);
    }
    return rest.page(
        "/channels",
        query,
        (format, body) ->
            Answers.list(BodyCodec.decodeTree(format, body)).stream()
                .map(String::valueOf)
                .toList());
  }

  @Override
  public Response request(
      String method, String path, Map<String, String> query, @Nullable Object body)
      throws InterruptedException {
    byte[] bytes = body == null ? null : BodyCodec.encodeTree(body, options.format());
    boolean safe = method.equals("GET") || method.equals("HEAD");
    Http.Answer answer = rest.any(new Http.Ask(method, path, query, bytes, safe, Map.of()));
    Object tree = answer.body().length == 0 ? null : tree(answer);
    return new Response(answer.status(), answer.headers().map(), tree);
  }

  @Override
  public void close() {
    close.run();
  }
}
