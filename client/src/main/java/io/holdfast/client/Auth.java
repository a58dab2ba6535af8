package io.holdfast.client;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Credentials and tokens of a client. */
public interface Auth {
  /**
   * Gets a new token now and, where there is a connection, puts it to use without interrupting it.
   *
   * @throws HoldfastException when there is none, or the server refuses it; with code 40106 when
   *     the options name no way to get one
   */
  Token.Details authorize() throws InterruptedException;

  /** As {@link #authorize()}, with a wish that later renewals keep. */
  Token.Details authorize(Token.Wish wish) throws InterruptedException;

  /** As {@link #authorize(Token.Wish)}, without waiting. */
  CompletableFuture<Token.Details> authorizeAsync(Token.Wish wish);

  /** Gets a token for somebody, without using it. */
  Token.Details requestToken(Token.Wish wish) throws InterruptedException;

  /**
   * Signs a request for a token with the key of the options, for somebody without a key.
   *
   * @throws HoldfastException with code 40101 when the options have no key
   */
  Token.Signed createTokenRequest(Token.Wish wish);

  /** Whose client this is; null for nobody, {@code *} for anybody. */
  @Nullable String clientId();

  /**
   * Takes tokens back that were issued with the key of the options.
   *
   * @param targets such as {@code clientId:x}, {@code revocationKey:y} and {@code channel:z}
   * @param issuedBefore only tokens made before; null for now
   * @param margin whether clients are asked for new ones first and have some time to get them
   */
  List<Revoked> revoke(List<String> targets, @Nullable Instant issuedBefore, boolean margin)
      throws InterruptedException;

  /**
   * What became of one target.
   *
   * @param appliesAt from when its tokens are refused; null when it failed
   * @param error why it failed, or null
   */
  record Revoked(
      String target, @Nullable Instant appliesAt, io.holdfast.protocol.@Nullable ErrorInfo error) {}
}
