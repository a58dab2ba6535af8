package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Format;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens: where they come from, and how they are renewed without anybody noticing. */
class TokensTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private static Path folder;
  private static @Nullable ServerProcess process;
  private static @Nullable RestClient issuer;

  @BeforeAll
  static void start() {
    process = ServerProcess.inMemory(folder);
    issuer = RestClient.create(server().options().build());
  }

  @AfterAll
  static void stop() {
    issuer().close();
    server().close();
  }

  private static ServerProcess server() {
    return Objects.requireNonNull(process);
  }

  private static RestClient issuer() {
    return Objects.requireNonNull(issuer);
  }

  private static ClientOptions.Builder keyless() {
    return server().options().key(null);
  }

  private static Token issued(Duration ttl, @Nullable String clientId) throws InterruptedException {
    return issuer().auth().requestToken(new Token.Wish(ttl, null, clientId));
  }

  private static String jwt(String clientId, long seconds) throws Exception {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String[] key = ServerProcess.KEY.split(":", -1);
    long now = Instant.now().getEpochSecond();
    String head =
        base64.encodeToString(
            Json.write(Map.of("alg", "HS256", "typ", "JWT", "kid", key[0]))
                .getBytes(StandardCharsets.UTF_8));
    String claims =
        base64.encodeToString(
            Json.write(Map.of("iat", now, "exp", now + seconds, "x-ably-clientId", clientId))
                .getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key[1].getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String body = head + "." + claims;
    return body + "." + base64.encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static ConnectionChange next(Inbox<ConnectionChange> changes, ConnectionState state)
      throws InterruptedException {
    while (true) {
      ConnectionChange change = changes.poll(PATIENCE).orElseThrow();
      if (change.current() == state) {
        return change;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTokenIsRenewedWhileTheConnectionStays(Way way) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    TokenSource source = counting(asked, () -> issued(Duration.ofSeconds(3), "ann"));
    try (RealtimeClient client = RealtimeClient.create(way.of(keyless()).tokens(source).build())) {
      client.connection().connect();
      String id = client.connection().id();
      assertEquals("ann", client.clientId());
      try (Inbox<ConnectionChange> changes = client.connection().changes().open()) {
        ConnectionChange change = changes.poll(PATIENCE).orElseThrow();
        assertEquals(ConnectionState.CONNECTED, change.previous());
        assertEquals(ConnectionState.CONNECTED, change.current());
      }
      assertTrue(asked.get() >= 2, asked.toString());
      assertTrue(client.channel("renewed").publish("n", "x").serial() != null);
      assertEquals(id, client.connection().id());
    }
  }

  /** A source that counts how often it is asked. */
  private static TokenSource counting(AtomicInteger asked, Callable<Token> tokens) {
    return wish -> {
      asked.incrementAndGet();
      return tokens.call();
    };
  }

  @Test
  void aClockThatIsWrongDoesNotAskForATokenWithEveryBreath() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    TokenSource source = counting(asked, () -> issued(Duration.ofMinutes(1), "ann"));
    java.time.InstantSource ahead = () -> Instant.now().plusSeconds(7200);
    try (RealtimeClient client =
        RealtimeClient.create(keyless().tokens(source).clock(ahead).build())) {
      client.connection().connect();
      for (int i = 0; i < 5; i++) {
        client.connection().ping();
        client.rest().channel("skewed").history(HistoryQuery.ALL);
      }
      assertEquals(1, asked.get());
    }
  }

  @Test
  void aTokenThatDoesNotSayWhenItEndsIsGoodUntilItIsRefused() {
    byte[] body = "{\"token\":\"t\",\"clientId\":\"ann\"}".getBytes(StandardCharsets.UTF_8);
    Token.Details details = Credentials.read(Format.JSON, body);
    assertEquals(Instant.MAX, details.expires());
    assertEquals("ann", details.clientId());
  }

  @Test
  void aSourceThatGivesNothingOrBreaksIsNamed() throws Exception {
    TokenSource broken =
        wish -> {
          throw new NoClassDefFoundError("not there");
        };
    for (TokenSource source : List.of(nothing(), broken)) {
      try (RestClient rest = RestClient.create(keyless().tokens(source).build())) {
        HoldfastException failure =
            assertThrows(HoldfastException.class, () -> rest.channel("a").status());
        assertEquals(80019, failure.code());
        assertFalse(String.valueOf(failure.getMessage()).contains("too long"));
      }
    }
  }

  @SuppressWarnings("NullAway") // what an application without null checks does
  private static TokenSource nothing() {
    return wish -> null;
  }

  @Test
  void anExpiredTokenIsReplacedAfterACut() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    TokenSource source =
        wish ->
            asked.incrementAndGet() == 1
                ? new Token.Opaque(((Token.Details) issued(Duration.ofMillis(1), null)).token())
                : issued(Duration.ofMinutes(1), null);
    try (RealtimeClient client = RealtimeClient.create(keyless().tokens(source).build())) {
      client.connection().connect();
      assertEquals(2, asked.get());
    }
  }

  @Test
  void aClientWithAKeyCanAskForTokensWithIt() throws Exception {
    try (RealtimeClient client =
        RealtimeClient.create(server().options().useTokens(true).clientId("bob").build())) {
      client.connection().connect();
      assertEquals("bob", client.auth().clientId());
      Token.Details first = client.auth().authorize();
      Token.Details second = client.auth().authorize();
      assertNotEquals(first.token(), second.token());
      assertEquals("bob", second.clientId());
      assertTrue(client.channel("by-token").publish("n", "x").serial() != null);
    }
  }

  /** A way to the server that breaks when the client first tells it of another token. */
  private static Transport.Dialer breakingAtAuth(Transport.Dialer dialer, AtomicInteger told) {
    return (target, events) -> {
      Transport real = dialer.dial(target, events);
      return new Transport() {
        @Override
        public void send(io.holdfast.protocol.Frame frame) {
          if (frame instanceof io.holdfast.protocol.Frame.Auth && told.incrementAndGet() == 1) {
            real.close();
            events.lost(new Loss(Loss.Kind.BROKEN, Fault.DISCONNECTED.info()));
          } else {
            real.send(frame);
          }
        }

        @Override
        public void taken(int frames) {
          real.taken(frames);
        }

        @Override
        public void close() {
          real.close();
        }
      };
    };
  }

  @Test
  void aConnectionThatIsMadeAnewWithTheTokenIsAuthorisedByIt() throws Exception {
    AtomicInteger told = new AtomicInteger();
    ClientOptions options = server().options().useTokens(true).build();
    try (RealtimeClient client = Wiring.realtime(options, dialer -> breakingAtAuth(dialer, told))) {
      client.connection().connect();
      Token.Details got =
          client
              .auth()
              .authorizeAsync(Token.Wish.NONE)
              .get(20, java.util.concurrent.TimeUnit.SECONDS);
      assertTrue(!got.token().isEmpty());
      assertEquals(1, told.get());
      assertEquals(ConnectionState.CONNECTED, client.connection().state());
    }
  }

  @Test
  void aSignedRequestIsExchanged() throws Exception {
    TokenSource source = wish -> issuer().auth().createTokenRequest(wish);
    try (RealtimeClient client =
        RealtimeClient.create(keyless().clientId("cat").tokens(source).build())) {
      Inbox<Member> heard = client.channel("signed").presence().changes().open();
      client.channel("signed").presence().enter("x");
      assertEquals("cat", heard.poll(PATIENCE).orElseThrow().clientId());
      assertEquals("cat", client.channel("signed").presence().get().get(0).clientId());
    }
  }

  @Test
  void aJwtIsReadForItsNameAndItsEnd() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    TokenSource source = counting(asked, () -> new Token.Opaque(jwt("dan", 3)));
    try (RealtimeClient client = RealtimeClient.create(keyless().tokens(source).build())) {
      client.connection().connect();
      assertEquals("dan", client.clientId());
      try (Inbox<ConnectionChange> changes = client.connection().changes().open()) {
        ConnectionChange change = changes.poll(PATIENCE).orElseThrow();
        assertEquals(ConnectionState.CONNECTED, change.previous());
        assertEquals(ConnectionState.CONNECTED, change.current());
      }
      assertTrue(asked.get() >= 2);
    }
  }

  @Test
  void anAddressMayAnswerWithTextATokenOrASignedRequest() throws Exception {
    for (String kind : List.of("text", "details", "signed")) {
      com.sun.net.httpserver.HttpServer http =
          com.sun.net.httpserver.HttpServer.create(
              new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
      http.createContext(
          "/token",
          exchange -> {
            byte[] body = answer(kind, exchange.getRequestURI().getQuery());
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      http.start();
      java.net.URI uri =
          java.net.URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/token?a=b");
      try (RealtimeClient client =
          RealtimeClient.create(
              keyless().clientId("gus").tokens(TokenSource.url(uri, Map.of())).build())) {
        client.connection().connect();
        assertEquals("gus", client.clientId());
      } finally {
        http.stop(0);
      }
    }
  }

  private static byte[] answer(String kind, String query) {
    assertEquals("a=b&clientId=gus", query);
    Token.Wish wish = new Token.Wish(null, null, "gus");
    Map<String, Object> map = new java.util.LinkedHashMap<>();
    try {
      if (kind.equals("signed")) {
        Token.Signed signed = issuer().auth().createTokenRequest(wish);
        map.put("keyName", signed.keyName());
        map.put("clientId", "gus");
        map.put("timestamp", signed.timestamp().toEpochMilli());
        map.put("nonce", signed.nonce());
        map.put("mac", signed.mac());
      } else {
        Token.Details details = issuer().auth().requestToken(wish);
        if (kind.equals("text")) {
          return details.token().getBytes(StandardCharsets.UTF_8);
        }
        map.put("token", details.token());
        map.put("issued", details.issued().toEpochMilli());
        map.put("expires", details.expires().toEpochMilli());
        map.put("clientId", "gus");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return Json.write(map).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aTokenThatCannotBeRenewedFailsTheConnectionWhenItEnds() throws Exception {
    Token.Details details = (Token.Details) issued(Duration.ofSeconds(2), null);
    try (RealtimeClient client = RealtimeClient.create(keyless().token(details.token()).build())) {
      client.connection().connect();
      try (Inbox<ConnectionChange> changes = client.connection().changes().open()) {
        ConnectionChange failed = next(changes, ConnectionState.FAILED);
        assertEquals(40171, Objects.requireNonNull(failed.reason()).code());
      }
    }
  }

  @Test
  void aTokenOfSomebodyElseIsNotUsed() throws Exception {
    TokenSource source = wish -> issued(Duration.ofMinutes(1), "eve");
    try (RealtimeClient client =
        RealtimeClient.create(keyless().clientId("fay").tokens(source).build())) {
      HoldfastException failure =
          assertThrows(HoldfastException.class, () -> client.connection().connect());
      assertEquals(40102, failure.code());
      assertEquals(ConnectionState.FAILED, client.connection().state());
    }
  }

  @Test
  void aSourceThatFailsIsAskedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    TokenSource source =
        wish -> {
          if (asked.incrementAndGet() < 3) {
            throw new java.io.IOException("the application's server is away");
          }
          return issued(Duration.ofMinutes(1), null);
        };
    try (RealtimeClient client =
        RealtimeClient.create(
            keyless().retry(Duration.ofMillis(10), Duration.ofMillis(50)).tokens(source).build())) {
      client.connection().connect();
      assertEquals(3, asked.get());
    }
  }

  @Test
  void aSourceThatRefusesEndsIt() throws Exception {
    TokenSource source =
        wish -> {
          throw new HoldfastException(
              new io.holdfast.protocol.ErrorInfo(40300, 403, "not this one", null));
        };
    try (RealtimeClient client = RealtimeClient.create(keyless().tokens(source).build())) {
      HoldfastException failure =
          assertThrows(HoldfastException.class, () -> client.connection().connect());
      assertEquals(40300, failure.code());
    }
  }

  @Test
  void aWrongKeyFailsTheConnection() throws Exception {
    try (RealtimeClient client =
        RealtimeClient.create(server().options().key("app.k:wrong").build())) {
      HoldfastException failure =
          assertThrows(HoldfastException.class, () -> client.connection().connect());
      assertEquals(40101, failure.code());
    }
  }

  @Test
  void rightsThatATokenLosesFailTheChannelAlone() throws Exception {
    try (RealtimeClient client =
        RealtimeClient.create(server().options().useTokens(true).build())) {
      Channel lost = client.channel("lost");
      lost.attach();
      client.channel("kept").attach();
      try (Inbox<ChannelChange> changes = lost.changes().open()) {
        client.auth().authorize(new Token.Wish(null, Map.of("kept", List.of("subscribe")), null));
        ChannelChange failed = changes.poll(PATIENCE).orElseThrow();
        assertEquals(ChannelState.FAILED, failed.current());
        assertEquals(40160, Objects.requireNonNull(failed.reason()).code());
      }
      assertEquals(ChannelState.ATTACHED, client.channel("kept").state());
    }
  }
}
