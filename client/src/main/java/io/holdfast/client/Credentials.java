package io.holdfast.client;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the client has to show, and how it gets new of it. Calls wait for the source of tokens, so
 * they are made on virtual threads; one token is asked for at a time, and those who wait meanwhile
 * take that one.
 */
final class Credentials {
  private static final int NONCE_BYTES = 16;

  private final ClientOptions options;
  private final Http http;
  private final Executor threads;
  private final SecureRandom nonces = new SecureRandom();
  private final ReentrantLock one = new ReentrantLock();

  private volatile @Nullable Proof current;

  /** What later renewals wish for. */
  private volatile Token.Wish wish;

  /** What the server calls this client, once it is connected. */
  private volatile @Nullable String greeted;

  Credentials(ClientOptions options, Http http, Executor threads) {
    this.options = options;
    this.http = http;
    this.threads = threads;
    this.wish = new Token.Wish(null, null, options.clientId());
    String key = options.key();
    if (key != null && !options.useTokens()) {
      current = new Proof.Key(key);
    }
  }

  /** Whether an error says that a token is of no use any more (RSA4b). */
  static boolean blamesToken(ErrorInfo error) {
    return error.code() >= 40_140 && error.code() < 40_150;
  }

  boolean renewable() {
    return options.tokens() != null || options.key() != null;
  }

  boolean shown() {
    return current instanceof Proof.Key;
  }

  /** What there is to show now, without asking anybody. */
  @Nullable Proof held() {
    return current;
  }

  @Nullable String clientId() {
    String told = options.clientId();
    if (told != null) {
      return told;
    }
    return current instanceof Proof.Bearer bearer && bearer.clientId() != null
        ? bearer.clientId()
        : greeted;
  }

  void greeted(@Nullable String clientId) {
    greeted = clientId;
  }

  /** What there is to show, unless it is over; null when it must be got first. */
  @Nullable Proof ready() {
    Proof held = current;
    return held != null && !over(held) ? held : null;
  }

  /** What to show: what there is, unless it is over. */
  Proof proof() throws InterruptedException {
    Proof ready = ready();
    return ready != null ? ready : renewed(current);
  }

  private boolean over(Proof held) {
    return held instanceof Proof.Bearer bearer
        && bearer.expires() != null
        && !options.clock().instant().isBefore(bearer.expires());
  }

  /** Something else than what was refused, or is over; what another caller got meanwhile counts. */
  Proof renewed(@Nullable Proof refused) throws InterruptedException {
    one.lockInterruptibly();
    try {
      Proof held = current;
      if (held != null && !held.equals(refused) && !over(held)) {
        return held;
      }
      Token first = held == null ? options.token() : null;
      if (held != null && !renewable()) {
        throw Fault.NO_RENEWAL.exception();
      }
      Proof.Bearer fresh = bearer(first == null ? obtained(wish) : first);
      current = fresh;
      return fresh;
    } finally {
      one.unlock();
    }
  }

  /** A new token of this wish, which is shown from now on. */
  Proof.Bearer replaced(Token.Wish wanted) throws InterruptedException {
    if (!renewable()) {
      throw Fault.NO_RENEWAL.exception();
    }
    one.lockInterruptibly();
    try {
      Proof.Bearer fresh = bearer(obtained(named(wanted)));
      wish = named(wanted);
      current = fresh;
      return fresh;
    } finally {
      one.unlock();
    }
  }

  private Token.Wish named(Token.Wish wanted) {
    return wanted.clientId() != null || options.clientId() == null
        ? wanted
        : new Token.Wish(wanted.ttl(), wanted.capability(), options.clientId());
  }

  /** A token for somebody, not shown by this client. */
  Token.Details requested(Token.Wish wanted) throws InterruptedException {
    return details(bearer(exchanged(obtained(named(wanted)))));
  }

  static Token.Details details(Proof.Bearer bearer) {
    if (bearer.from() instanceof Token.Details details) {
      return details;
    }
    Instant expires = bearer.expires() == null ? Instant.MAX : bearer.expires();
    return new Token.Details(bearer.token(), Instant.EPOCH, expires, "", bearer.clientId());
  }

  private Token obtained(Token.Wish wanted) throws InterruptedException {
    TokenSource source = options.tokens();
    if (source == null) {
      return signed(wanted);
    }
    CompletableFuture<Token> answer = new CompletableFuture<>();
    Thread asking =
        Thread.ofVirtual()
            .name("holdfast-token")
            .start(
                () -> {
                  try {
                    Token token = source.token(wanted);
                    if (token == null) { // it is the application's code
                      throw Fault.TOKEN_SOURCE.exception("it gave null");
                    }
                    answer.complete(token);
                  } catch (Exception | Error e) {
                    answer.completeExceptionally(e);
                  }
                });
    try {
      return answer.get(options.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof HoldfastException ours
          ? ours
          : new HoldfastException(Fault.TOKEN_SOURCE.info(), e.getCause());
    } catch (TimeoutException e) {
      throw new HoldfastException(Fault.TOKEN_SOURCE.info("it took too long"), e);
    } finally {
      asking.interrupt();
    }
  }

  private Proof.Bearer bearer(Token token) throws InterruptedException {
    Token ready = exchanged(token);
    Proof.Bearer bearer =
        switch (ready) {
          case Token.Opaque opaque -> Jwt.read(opaque);
          case Token.Details details ->
              new Proof.Bearer(details.token(), details.expires(), details.clientId(), details);
          case Token.Signed unused -> throw new IllegalStateException("it was exchanged");
        };
    if (over(bearer)) {
      // Got just now, so it is this machine's clock that is wrong. The server's counts.
      bearer = new Proof.Bearer(bearer.token(), null, bearer.clientId(), bearer.from());
    }
    String mine = options.clientId();
    String its = bearer.clientId();
    if (mine != null && its != null && !its.equals("*") && !its.equals(mine)) {
      throw Fault.WRONG_CLIENT_ID.exception();
    }
    return bearer;
  }

  private Token exchanged(Token token) throws InterruptedException {
    if (!(token instanceof Token.Signed signed)) {
      return token;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("keyName", signed.keyName());
    if (signed.ttl() != null) {
      body.put("ttl", signed.ttl().toMillis());
    }
    if (signed.capability() != null) {
      body.put("capability", signed.capability());
    }
    if (signed.clientId() != null) {
      body.put("clientId", signed.clientId());
    }
    body.put("timestamp", signed.timestamp().toEpochMilli());
    body.put("nonce", signed.nonce());
    body.put("mac", signed.mac());
    Http.Answer answer =
        http.send(
            new Http.Ask(
                "POST",
                "/keys/" + Addresses.encoded(signed.keyName()) + "/requestToken",
                Map.of(),
                BodyCodec.encodeTree(body, options.format()),
                false,
                Map.of()));
    if (answer.status() >= 300) {
      throw new HoldfastException(answer.error());
    }
    return read(answer.format(), answer.body());
  }

  static Token.Details read(Format format, byte[] body) {
    Map<?, ?> map = Answers.map(BodyCodec.decodeTree(format, body));
    String token = Answers.text(map.get("token"));
    if (token == null) {
      throw Fault.UNREADABLE.exception("no token");
    }
    String capability = Answers.text(map.get("capability"));
    long expires = Answers.number(map.get("expires"));
    return new Token.Details(
        token,
        Instant.ofEpochMilli(Answers.number(map.get("issued"))),
        expires == 0 ? Instant.MAX : Instant.ofEpochMilli(expires),
        capability == null ? "" : capability,
        Answers.text(map.get("clientId")));
  }

  Token.Signed signed(Token.Wish wanted) {
    String key = options.key();
    if (key == null) {
      throw Fault.NO_KEY.exception();
    }
    int colon = key.indexOf(':');
    String name = key.substring(0, colon);
    byte[] random = new byte[NONCE_BYTES];
    nonces.nextBytes(random);
    String nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Instant now = options.clock().instant();
    Duration ttl = wanted.ttl();
    Map<String, List<String>> rights = wanted.capability();
    String capability = rights == null ? null : Json.write(new java.util.TreeMap<>(rights));
    String text =
        String.join(
            "\n",
            name,
            ttl == null ? "" : Long.toString(ttl.toMillis()),
            capability == null ? "" : capability,
            wanted.clientId() == null ? "" : wanted.clientId(),
            Long.toString(now.toEpochMilli()),
            nonce,
            "");
    String mac = Mac.sha256(key.substring(colon + 1), text);
    return new Token.Signed(
        name,
        ttl,
        capability,
        wanted.clientId(),
        Instant.ofEpochMilli(now.toEpochMilli()),
        nonce,
        mac);
  }

  /** Runs a call that waits on a thread of its own. */
  <T> CompletableFuture<T> apart(Call<T> call) {
    CompletableFuture<T> future = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            future.complete(call.get());
          } catch (InterruptedException e) {
            future.completeExceptionally(Fault.INTERRUPTED.exception());
          } catch (RuntimeException e) {
            future.completeExceptionally(e);
          }
        });
    return future;
  }

  /** As {@link #apart(Call)}; what comes of it is told on the other executor. */
  <T> void apart(
      Call<T> call, BiConsumer<@Nullable T, @Nullable Throwable> outcome, Executor told) {
    CompletableFuture<?> unused = apart(call).whenCompleteAsync(outcome, told);
  }

  /** A call that may wait. */
  interface Call<T> {
    T get() throws InterruptedException;
  }

  /** The parts of a token request's signature. */
  private static final class Mac {
    private Mac() {}

    static String sha256(String secret, String text) {
      try {
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(
            new javax.crypto.spec.SecretKeySpec(
                secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder()
            .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
      } catch (java.security.GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has HmacSHA256", e);
      }
    }
  }
}
