package io.holdfast.client;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An address that answers with a token: as text, as the JSON of a token, or as that of a signed
 * request (RSA8c). Asked rarely, so each time with a client of its own, which leaves nothing
 * behind.
 */
final class TokenUrl implements TokenSource {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final URI uri;
  private final Map<String, String> headers;

  TokenUrl(URI uri, Map<String, String> headers) {
    this.uri = uri;
    this.headers = Map.copyOf(headers);
  }

  @Override
  public Token token(Token.Wish wish) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(asking(wish)).timeout(PATIENCE);
    headers.forEach(request::header);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
      if (answer.statusCode() >= 300) {
        throw new HoldfastException(Answers.error(answer.statusCode(), Format.JSON, answer.body()));
      }
      return read(answer.body());
    }
  }

  private URI asking(Token.Wish wish) {
    Map<String, String> query = new LinkedHashMap<>();
    if (wish.clientId() != null) {
      query.put("clientId", wish.clientId());
    }
    if (wish.ttl() != null) {
      query.put("ttl", Long.toString(wish.ttl().toMillis()));
    }
    if (wish.capability() != null) {
      query.put("capability", Json.write(wish.capability()));
    }
    StringBuilder text = new StringBuilder(uri.toString());
    char mark = uri.getRawQuery() == null ? '?' : '&';
    for (Map.Entry<String, String> param : query.entrySet()) {
      text.append(mark).append(param.getKey()).append('=');
      text.append(Addresses.encoded(param.getValue()));
      mark = '&';
    }
    return URI.create(text.toString());
  }

  static Token read(byte[] body) {
    Map<?, ?> map = Answers.map(BodyCodec.decodeTree(Format.JSON, body));
    if (map.get("mac") instanceof String mac) {
      long ttl = Answers.number(map.get("ttl"));
      return new Token.Signed(
          String.valueOf(map.get("keyName")),
          ttl == 0 ? null : Duration.ofMillis(ttl),
          Answers.text(map.get("capability")),
          Answers.text(map.get("clientId")),
          Instant.ofEpochMilli(Answers.number(map.get("timestamp"))),
          String.valueOf(map.get("nonce")),
          mac);
    }
    if (map.get("token") instanceof String) {
      return Credentials.read(Format.JSON, body);
    }
    String text = new String(body, StandardCharsets.UTF_8).strip();
    if (text.isEmpty() || text.startsWith("{") || text.startsWith("<")) {
      throw Fault.TOKEN_SOURCE.exception("its answer is no token");
    }
    return new Token.Opaque(text);
  }
}
