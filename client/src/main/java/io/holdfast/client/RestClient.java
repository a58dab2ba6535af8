package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client that asks by HTTP alone. Safe for any thread. A request that the server did not answer
 * (502 to 504, or no connection) is sent again, at most twice and to the fallback hosts of the
 * options first; publishes carry ids, so that they are applied once.
 */
public interface RestClient extends AutoCloseable {
  /** A client of these options. */
  static RestClient create(ClientOptions options) {
    return Wiring.rest(options);
  }

  /** A channel. */
  RestChannel channel(String name);

  /** A channel whose data is encrypted. */
  RestChannel channel(String name, Cipher cipher);

  /** Credentials and tokens. */
  Auth auth();

  /** What time it is for the server. */
  Instant time() throws InterruptedException;

  /** Publishes the same messages to several channels, each on its own. */
  List<Published> publish(List<String> channels, List<Message> messages)
      throws InterruptedException;

  /** Who is present on each of these channels. */
  List<Present> presence(List<String> channels) throws InterruptedException;

  /** The names of channels in use that begin with the prefix. */
  Page<String> channels(String prefix) throws InterruptedException;

  /**
   * Any other request.
   *
   * @param path with a slash in front, its segments percent-encoded
   * @param body a tree of maps, lists, texts, numbers, booleans and bytes; null for none
   */
  Response request(String method, String path, Map<String, String> query, @Nullable Object body)
      throws InterruptedException;

  /** Frees its connections. */
  @Override
  void close();

  /**
   * What became of a batch on one channel: serials, or an error.
   *
   * @param error null when it went well
   */
  record Published(String channel, PublishResult result, @Nullable ErrorInfo error) {}

  /**
   * Who is present on one channel, or an error.
   *
   * @param error null when it went well
   */
  record Present(String channel, List<Member> members, @Nullable ErrorInfo error) {}

  /**
   * An answer as it came.
   *
   * @param body a tree as of a request; null when there is none
   */
  record Response(int status, Map<String, List<String>> headers, @Nullable Object body) {}
}
