package io.holdfast.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Requests that name what this node does not know, and another may have made a moment ago: an app,
 * a key, a token. They wait until this node knows what is known, and only then are they judged.
 */
final class Hearsay {
  private static final int NAME = 1;

  private final Apps apps;
  private final Authenticator authenticator;
  private final Tidings tidings;
  private final boolean shared;

  /**
   * Requests that may be early.
   *
   * @param shared whether there can be other nodes; else nothing is ever early
   */
  Hearsay(Apps apps, Authenticator authenticator, Tidings tidings, boolean shared) {
    this.apps = apps;
    this.authenticator = authenticator;
    this.tidings = tidings;
    this.shared = shared;
  }

  /**
   * What a request has to wait for; null when it can be judged now. It fails when this node cannot
   * learn what is known.
   */
  @Nullable CompletableFuture<Void> before(Request request) {
    return shared && mayBeNews(request) ? tidings.learn() : null;
  }

  private boolean mayBeNews(Request request) {
    Target target = request.target();
    List<String> path = target.segments();
    if (path.size() > NAME) {
      String name = path.get(NAME);
      switch (path.getFirst()) {
        case "keys" -> {
          if (apps.key(name) == null) {
            return true;
          }
        }
        case "apps" -> {
          if (apps.app(name) == null) {
            return true;
          }
        }
        default -> {} // other paths name nothing of the kind
      }
    }
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    return authenticator.mayBeNews(target.credentials(authorization, null));
  }
}
