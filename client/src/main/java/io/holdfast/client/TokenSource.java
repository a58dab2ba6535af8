package io.holdfast.client;

import java.net.URI;
import java.util.Map;

/**
 * Where a client gets its tokens: a server of the application, most often. It is asked on a virtual
 * thread when a token is needed, shortly before one ends, and when the server refuses one.
 */
@FunctionalInterface
public interface TokenSource {
  /**
   * Gets a token. It may wait; a call that takes longer than {@link ClientOptions#requestTimeout}
   * is interrupted and tried again later.
   *
   * @throws Exception when there is none now: the connection is tried again. A {@link
   *     HoldfastException} whose status is 403 says that there will be none, and ends it.
   */
  Token token(Token.Wish wish) throws Exception;

  /**
   * Tokens from an address, asked by GET with the wish as {@code clientId}, {@code ttl} (ms) and
   * {@code capability} (JSON) in its query. It answers with the token or JWT as text, or with JSON:
   * a token and what is known of it, or a signed request.
   */
  static TokenSource url(URI uri, Map<String, String> headers) {
    return new TokenUrl(uri, headers);
  }
}
