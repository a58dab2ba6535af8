package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a server and its fallback hosts, without credentials. One that was not answered, or
 * with 500 to 504, is sent to the next host if it may be; at most {@link #ATTEMPTS} times.
 */
final class Http {
  private static final int ATTEMPTS = 3;
  private static final String VERSION = "6";

  private final HttpClient client;
  private final Addresses addresses;
  private final ClientOptions options;

  Http(HttpClient client, Addresses addresses, ClientOptions options) {
    this.client = client;
    this.addresses = addresses;
    this.options = options;
  }

  /**
   * A request.
   *
   * @param path with a slash in front, its segments encoded
   * @param body null for none
   * @param repeatable whether applying it twice does no harm, so that it can be sent again when
   *     nobody knows whether it arrived
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Ask(
      String method,
      String path,
      Map<String, String> query,
      byte @Nullable [] body,
      boolean repeatable,
      Map<String, String> headers) {
    static Ask get(String path, Map<String, String> query) {
      return new Ask("GET", path, query, null, true, Map.of());
    }

    Ask header(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Ask(method, path, query, body, repeatable, more);
    }
  }

  /** An answer of any status. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, HttpHeaders headers, byte[] body) {
    Format format() {
      String type = headers.firstValue("Content-Type").orElse("");
      return type.contains("msgpack") ? Format.MSGPACK : Format.JSON;
    }

    ErrorInfo error() {
      return Answers.error(status, format(), body);
    }
  }

  /** The answer, whatever it says; throws when there is none. */
  Answer send(Ask ask) throws InterruptedException {
    List<String> hosts = new ArrayList<>();
    hosts.add(options.host());
    hosts.addAll(options.fallbackHosts());
    for (int attempt = 0; ; attempt++) {
      boolean last = attempt + 1 >= ATTEMPTS;
      String host = hosts.get(attempt % hosts.size());
      try {
        HttpResponse<byte[]> response = client.send(request(host, ask), BodyHandlers.ofByteArray());
        boolean busy = response.statusCode() >= 500 && response.statusCode() <= 504;
        if (!busy || last || !ask.repeatable()) {
          return new Answer(response.statusCode(), response.headers(), response.body());
        }
      } catch (ConnectException e) {
        if (last) {
          throw new HoldfastException(Fault.DISCONNECTED.info("the server cannot be reached"), e);
        }
      } catch (IOException e) {
        if (last || !ask.repeatable()) {
          throw new HoldfastException(Fault.TIMEOUT.info(e.getClass().getSimpleName()), e);
        }
      }
    }
  }

  private HttpRequest request(String host, Ask ask) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(addresses.http(host, ask.path(), ask.query()))
            .timeout(options.requestTimeout())
            .header("Accept", type(options.format()))
            .header("X-Ably-Version", VERSION)
            .header("Ably-Agent", agent(options));
    BodyPublisher body = BodyPublishers.noBody();
    if (ask.body() != null) {
      request.header("Content-Type", type(options.format()));
      body = BodyPublishers.ofByteArray(ask.body());
    }
    ask.headers().forEach(request::header);
    return request.method(ask.method(), body).build();
  }

  private static String type(Format format) {
    return switch (format) {
      case JSON -> "application/json";
      case MSGPACK -> "application/x-msgpack";
    };
  }

  /** What the client calls itself. */
  static String agent(ClientOptions options) {
    StringBuilder agent = new StringBuilder("holdfast-java/0.1");
    options
        .agents()
        .forEach((name, version) -> agent.append(' ').append(name).append('/').append(version));
    return agent.toString();
  }
}
