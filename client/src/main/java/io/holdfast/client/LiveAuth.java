package io.holdfast.client;

import io.holdfast.protocol.BodyCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Credentials as their callers see them. */
final class LiveAuth implements Auth {
  private final ClientOptions options;
  private final Credentials credentials;
  private final RestCaller rest;
  private final Applied applied;

  /** Puts a new token to use; completes once it is. */
  interface Applied {
    CompletableFuture<Void> apply();
  }

  LiveAuth(ClientOptions options, Credentials credentials, RestCaller rest, Applied applied) {
    this.options = options;
    this.credentials = credentials;
    this.rest = rest;
    this.applied = applied;
  }

  @Override
  public Token.Details authorize() throws InterruptedException {
    return authorize(Token.Wish.NONE);
  }

  @Override
  public Token.Details authorize(Token.Wish wish) throws InterruptedException {
    Token.Details details = Credentials.details(credentials.replaced(wish));
    Waiting.on(applied.apply());
    return details;
  }

  @Override
  public CompletableFuture<Token.Details> authorizeAsync(Token.Wish wish) {
    return credentials.apart(() -> authorize(wish));
  }

  @Override
  public Token.Details requestToken(Token.Wish wish) throws InterruptedException {
    return credentials.requested(wish);
  }

  @Override
  public Token.Signed createTokenRequest(Token.Wish wish) {
    return credentials.signed(wish);
  }

  @Override
  public @Nullable String clientId() {
    return credentials.clientId();
  }

  @Override
  public List<Revoked> revoke(List<String> targets, @Nullable Instant issuedBefore, boolean margin)
      throws InterruptedException {
    String key = options.key();
    if (key == null) {
      throw Fault.NO_KEY.exception();
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("targets", List.copyOf(targets));
    if (issuedBefore != null) {
      body.put("issuedBefore", issuedBefore.toEpochMilli());
    }
    body.put("allowReauthMargin", margin);
    String name = key.substring(0, key.indexOf(':'));
    Http.Answer answer =
        rest.call(
            new Http.Ask(
                "POST",
                "/keys/" + Addresses.encoded(name) + "/revokeTokens",
                Map.of(),
                BodyCodec.encodeTree(body, options.format()),
                true,
                Map.of()));
    List<Revoked> revoked = new ArrayList<>();
    Object results =
        Answers.map(BodyCodec.decodeTree(answer.format(), answer.body())).get("results");
    for (Object result : Answers.list(results)) {
      Map<?, ?> map = Answers.map(result);
      long appliesAt = Answers.number(map.get("appliesAt"));
      revoked.add(
          new Revoked(
              String.valueOf(map.get("target")),
              appliesAt == 0 ? null : Instant.ofEpochMilli(appliesAt),
              Answers.error(map.get("error"))));
    }
    return revoked;
  }
}
