package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRequestsTest {
  private final AuthFixture auth = new AuthFixture();
  private int nonces;

  /** A request that the key's holder signed. */
  private Map<String, Object> signed(Map<String, Object> fields, String secret) {
    Map<String, Object> body = new HashMap<>(fields);
    body.putIfAbsent("keyName", "demo.root");
    body.putIfAbsent("timestamp", auth.clock.millis());
    body.putIfAbsent("nonce", "nonce-nonce-nonce-" + nonces++);
    StringBuilder text = new StringBuilder();
    for (String name :
        new String[] {"keyName", "ttl", "capability", "clientId", "timestamp", "nonce"}) {
      text.append(body.getOrDefault(name, "")).append('\n');
    }
    byte[] mac =
        Hmac.sha256(
            secret.getBytes(StandardCharsets.UTF_8),
            text.toString().getBytes(StandardCharsets.UTF_8));
    body.putIfAbsent("mac", Base64.getEncoder().encodeToString(mac));
    return body;
  }

  private Map<String, Object> signed(Map<String, Object> fields) {
    return signed(fields, "s3cret");
  }

  private Map<String, Object> issued(Map<String, Object> body) {
    return switch (auth.requests.answer("demo.root", body, null)) {
      case TokenRequests.Answer.Issued(var details) -> details;
      case TokenRequests.Answer.Refused(ErrorInfo error) -> throw new AssertionError(error);
    };
  }

  private ErrorInfo refused(String keyName, Map<String, Object> body, @Nullable Principal who) {
    return switch (auth.requests.answer(keyName, body, who)) {
      case TokenRequests.Answer.Issued(var details) -> throw new AssertionError(details);
      case TokenRequests.Answer.Refused(ErrorInfo error) -> error;
    };
  }

  private ErrorInfo refused(Map<String, Object> body) {
    return refused("demo.root", body, null);
  }

  @Test
  void detailsAlwaysCarryTheCapabilityAsText() {
    Map<String, Object> details = issued(signed(Map.of()));
    assertEquals("{\"*\":[\"*\"]}", details.get("capability"));
    assertEquals("demo.root", details.get("keyName"));
    assertEquals(auth.clock.millis(), details.get("issued"));
    assertEquals(auth.clock.millis() + 3_600_000, details.get("expires"));
    assertFalse(details.containsKey("clientId"));
    assertNotEquals(details.get("token"), issued(signed(Map.of())).get("token"));
  }

  @Test
  void aCapabilityAskedForIsNarrowedToTheKeys() {
    assertEquals(
        "{\"chat\":[\"publish\",\"subscribe\"]}",
        issued(signed(Map.of("capability", "{\"chat\": [\"subscribe\", \"publish\"]}")))
            .get("capability"));
    ErrorInfo error =
        refused(
            "demo.narrow",
            Map.of("capability", "{\"news\":[\"subscribe\"]}"),
            auth.principal(new Credentials(AuthFixture.NARROW, null, null)));
    assertEquals(40160, error.code());
    assertEquals(401, error.statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"a\":[\"publish_\"]}", "{\"a\":[\"*\",\"publish\"]}", "{\"a\":[]}", "x"})
  void malformedCapabilitiesAreRefused(String capability) {
    assertEquals(40000, refused(signed(Map.of("capability", capability))).code());
  }

  @Test
  void numbersMayComeAsTexts() {
    Map<String, Object> details =
        issued(signed(Map.of("ttl", "123", "timestamp", Long.toString(auth.clock.millis()))));
    assertEquals(auth.clock.millis() + 123, details.get("expires"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0", "notanumber", "31536000000", "1.5", "99999999999999999999"})
  void impossibleTtlsAreRefused(String ttl) {
    assertEquals(400, refused(signed(Map.of("ttl", ttl))).statusCode());
  }

  @Test
  void whatIsSignedWronglyIsRefused() {
    assertEquals(40101, refused(signed(Map.of(), "wrong")).code());
    assertEquals(40101, refused(signed(Map.of("mac", "12345"))).code());
    assertEquals(40101, refused(signed(Map.of("keyName", "demo.narrow"))).code());
    Map<String, Object> changed = signed(Map.of("clientId", "ada"));
    changed.put("clientId", "bob");
    assertEquals(40101, refused(changed).code());
  }

  @Test
  void aNonceIsGoodForOneToken() {
    Map<String, Object> body = signed(Map.of());
    issued(body);
    assertEquals(40105, refused(body).code());
  }

  @Test
  void aNonceMayComeAgainInARequestOfAnotherTime() {
    Map<String, Object> first = signed(Map.of("nonce", "nonce-of-mine"));
    issued(first);
    auth.clock.move(Duration.ofMillis(1));
    Map<String, Object> second = signed(Map.of("nonce", "nonce-of-mine"));
    issued(second);
    assertEquals(40105, refused(first).code());
    assertEquals(40105, refused(second).code());
    Map<String, Object> other =
        signed(Map.of("nonce", "nonce-of-mine", "ttl", "5", "timestamp", first.get("timestamp")));
    assertEquals(40105, refused(other).code());
  }

  @Test
  void aNonceStaysUsedOverARestart() {
    Map<String, Object> body = signed(Map.of());
    issued(body);
    TokenRequests again =
        new TokenRequests(
            auth.registry, auth.apps, auth.secrets, auth.clock, new java.util.SplittableRandom(3));
    assertTrue(again.answer("demo.root", body, null) instanceof TokenRequests.Answer.Refused);
    auth.clock.move(Duration.ofMinutes(5));
    issued(signed(Map.of()));
    assertEquals(1, auth.registry.scan("demo", "nonce", "", 10).join().size());
  }

  @Test
  void aRequestIsGoodForTwoMinutes() {
    Map<String, Object> body = signed(Map.of());
    Map<String, Object> early =
        signed(Map.of("timestamp", auth.clock.millis() + Duration.ofMinutes(3).toMillis()));
    assertEquals(40104, refused(early).code());
    auth.clock.move(Duration.ofMinutes(2));
    issued(body);
    auth.clock.move(Duration.ofMillis(1));
    assertEquals(40104, refused(body).code());
    assertEquals(40104, refused(signed(Map.of("timestamp", "soon"))).code());
  }

  @Test
  void anEmptyClientIdIsRefused() {
    assertEquals(40012, refused(signed(Map.of("clientId", ""))).code());
    assertEquals(
        40012,
        refused(
                "demo.root",
                Map.of("clientId", ""),
                auth.principal(new Credentials(AuthFixture.KEY, null, null)))
            .code());
  }

  @Test
  void unsignedRequestsNeedTheKeyItself() {
    assertEquals(40101, refused(Map.of()).code());
    Principal narrow = auth.principal(new Credentials(AuthFixture.NARROW, null, null));
    assertEquals(40101, refused("demo.root", Map.of(), narrow).code());
    Principal byToken = auth.principal(Credentials.ofToken(auth.tokenText(Map.of())));
    assertEquals(40162, refused("demo.root", Map.of(), byToken).code());
    assertEquals("ada", auth.token(Map.of("clientId", "ada")).get("clientId"));
  }

  @Test
  void anUnknownKeyIsNotFound() {
    ErrorInfo error = refused("demo.nokey", signed(Map.of("keyName", "demo.nokey")), null);
    assertEquals(40400, error.code());
    assertEquals(404, error.statusCode());
  }

  @Test
  void fullNoncesRefuseInsteadOfForgetting() {
    Nonces few = new Nonces(auth.registry, auth.clock, Duration.ofMinutes(4), 2);
    assertEquals(Nonces.Verdict.FRESH, few.take("k", "1"));
    assertEquals(Nonces.Verdict.FRESH, few.take("k", "2"));
    assertEquals(Nonces.Verdict.USED, few.take("k", "1"));
    assertEquals(Nonces.Verdict.FULL, few.take("k", "3"));
    auth.clock.move(Duration.ofMinutes(4));
    assertEquals(Nonces.Verdict.FRESH, few.take("k", "3"));
  }
}
