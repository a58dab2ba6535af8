package io.holdfast.server;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.Connections;
import io.holdfast.connections.Link;
import io.holdfast.connections.Standing;
import io.holdfast.connections.Transport;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/** Where realtime clients say who they are and what they want, by whichever door they came. */
final class Reception {
  /** Of frames. Old clients say 1.2, nobody that we serve says less than 2. */
  static final int OLDEST_VERSION = 2;

  private final Authenticator authenticator;
  private final Connections connections;

  Reception(Authenticator authenticator, Connections connections) {
    this.authenticator = authenticator;
    this.connections = connections;
  }

  /** What becomes of who came. */
  sealed interface Reading {
    record Welcome(Principal principal, ConnectRequest request) implements Reading {}

    record Refused(ErrorInfo error) implements Reading {}
  }

  /**
   * Reads it.
   *
   * @param oldest the oldest version that is spoken at the door
   */
  Reading read(Target target, HttpHeaders headers, int oldest) {
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    Credentials credentials = target.credentials(authorization, target.param("clientId"));
    return switch (authenticator.authenticate(credentials)) {
      case Authentication.Refused(ErrorInfo error) -> new Reading.Refused(error);
      case Authentication.Granted(Principal principal) ->
          switch (ConnectParams.read(target, principal, oldest)) {
            case ConnectParams.Reading.Refused(ErrorInfo error) -> new Reading.Refused(error);
            case ConnectParams.Reading.Ok(var request) -> new Reading.Welcome(principal, request);
          };
    };
  }

  /** Who is asking on behalf of a connection that is there. */
  Principal known(Request request) {
    return request.principal(authenticator);
  }

  /** On the transport's executor. */
  @SuppressWarnings("ReferenceEquality") // one certain connection's
  Link open(Transport transport, ConnectRequest request) {
    Link link = connections.open(transport, request);
    // between its reading and now, nobody who takes credentials back would have found it
    if (request.access() instanceof Principal principal && authenticator.takenBack(principal)) {
      Standing ended = new Standing.Ended(ErrorCode.TOKEN_REVOKED.info());
      connections.review(access -> access == principal ? ended : new Standing.Good());
    }
    return link;
  }
}
