package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.connections.Permission;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {
  private final AuthFixture auth = new AuthFixture();

  private static Credentials key(String key, String clientId) {
    return new Credentials(key, null, clientId);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String jwt(String claims) {
    return AuthFixture.jwt(
        "{'typ':'JWT','alg':'HS256','kid':'demo.root'}", times() + claims + "}", "s3cret");
  }

  private String times() {
    long now = auth.clock.millis() / 1_000;
    return "{'iat':" + now + ",'exp':" + (now + 60);
  }

  @Test
  void aKeyMayBeAnyClientOrTheOneItNames() {
    Principal any = auth.principal(new Credentials(AuthFixture.KEY, null, null));
    assertEquals("demo", any.app());
    assertEquals("demo.root", any.keyName());
    assertEquals("*", any.clientId());
    assertFalse(any.identified());
    assertTrue(any.mayBe("anyone"));
    assertFalse(any.tokenBased());
    assertEquals(0, any.expires());
    Principal ada = auth.principal(key(AuthFixture.KEY, "ada"));
    assertTrue(ada.identified());
    assertFalse(ada.mayBe("bob"));
    for (Permission permission : Permission.values()) {
      assertTrue(ada.permits(permission, "chat"), permission.name());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "demo.root:wrong, 40101",
    "this.is:wrong, 40101",
    "demo.nokey:s3cret, 40400",
    "nonsense, 40101",
    "demo.root, 40101",
    "demo.root:, 40101",
    ".root:s3cret, 40101",
    "demo.:s3cret, 40101",
  })
  void wrongKeysAreRefused(String key, int code) {
    assertEquals(code, auth.code(new Credentials(key, null, null)));
  }

  @Test
  void nothingIsRefused() {
    assertEquals(40101, auth.code(new Credentials(null, null, null)));
  }

  @Test
  void anEmptyClientIdIsRefused() {
    assertEquals(40012, auth.code(key(AuthFixture.KEY, "")));
  }

  @Test
  void aKeyThatIsTakenBackStopsWorking() {
    auth.registry.compareAndSet("demo", ApiKey.KIND, "root", 1, null).join();
    assertEquals(40400, auth.code(key(AuthFixture.KEY, "ada")));
    assertEquals("demo.narrow", auth.principal(key(AuthFixture.NARROW, "ada")).keyName());
  }

  @Test
  void ownTokensCarryWhatTheyWereIssuedWith() {
    String token = auth.tokenText(Map.of("clientId", "ada", "ttl", 5_000));
    Principal principal = auth.principal(Credentials.ofToken(token));
    assertEquals("ada", principal.clientId());
    assertEquals("demo.root", principal.keyName());
    assertEquals(Issued.at(auth.clock.millis()), principal.issued());
    assertEquals(auth.clock.millis() + 5_000, principal.expires());
    assertTrue(principal.tokenBased());
    assertTrue(principal.capability().permits(Operation.PUBLISH, "chat"));
  }

  @Test
  void ownTokensExpireToTheMillisecond() {
    Credentials token = Credentials.ofToken(auth.tokenText(Map.of("ttl", 1)));
    auth.principal(token);
    auth.clock.move(Duration.ofMillis(1));
    assertEquals(40142, auth.code(token));
  }

  @Test
  void theClientIdMustBeTheTokens() {
    String ada = auth.tokenText(Map.of("clientId", "ada"));
    assertEquals("ada", auth.principal(new Credentials(null, ada, "ada")).clientId());
    assertEquals(40102, auth.code(new Credentials(null, ada, "bob")));
    String any = auth.tokenText(Map.of("clientId", "*"));
    assertEquals("bob", auth.principal(new Credentials(null, any, "bob")).clientId());
    assertEquals("*", auth.principal(Credentials.ofToken(any)).clientId());
    String anonymous = auth.tokenText(Map.of());
    assertNull(auth.principal(Credentials.ofToken(anonymous)).clientId());
    assertEquals(40102, auth.code(new Credentials(null, anonymous, "bob")));
  }

  @Test
  void tokensOfAnotherServerAreNotRecognised() {
    AuthFixture other = new AuthFixture();
    String own = auth.tokenText(Map.of());
    assertEquals("demo.root", other.principal(Credentials.ofToken(own)).keyName());
    char last = own.charAt(own.length() - 2);
    String bent =
        own.substring(0, own.length() - 2)
            + (last == 'A' ? 'B' : 'A')
            + own.substring(own.length() - 1);
    assertEquals(40143, auth.code(Credentials.ofToken(bent)));
    assertEquals(40143, auth.code(Credentials.ofToken("demo.AAAA")));
    assertEquals(40400, auth.code(Credentials.ofToken("other.AAAA")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "demo.", ".AAAA", "demo.%%%%"})
  void textsThatAreNoTokenAreNoReasonToGetAnother(String text) {
    assertEquals(40101, auth.code(Credentials.ofToken(text)));
  }

  @Test
  void aTokenEndsWithItsKey() {
    Credentials token = Credentials.ofToken(auth.tokenText(Map.of()));
    auth.registry.compareAndSet("demo", ApiKey.KIND, "root", 1, null).join();
    assertEquals(40143, auth.code(token));
  }

  @Test
  void jwtsSignedByAKeyAreTaken() {
    Principal plain = auth.principal(Credentials.ofToken(jwt("")));
    assertNull(plain.clientId());
    assertEquals(auth.clock.millis() + 60_000, plain.expires());
    Principal ada =
        auth.principal(
            Credentials.ofToken(
                jwt(
                    ",'x-ably-clientId':'ada',"
                        + "'x-ably-capability':'{\\\"chat:*\\\":[\\\"subscribe\\\"]}'")));
    assertEquals("ada", ada.clientId());
    assertTrue(ada.capability().permits(Operation.SUBSCRIBE, "chat:1"));
    assertFalse(ada.capability().permits(Operation.PUBLISH, "chat:1"));
  }

  @Test
  void aJwtGrantsNoMoreThanItsKey() {
    String claims = times() + ",'x-ably-capability':{'*':['*']}}";
    Principal principal =
        auth.principal(
            Credentials.ofToken(
                AuthFixture.jwt("{'alg':'HS256','kid':'demo.narrow'}", claims, "other")));
    assertTrue(principal.capability().permits(Operation.PUBLISH, "chat:1"));
    assertFalse(principal.capability().permits(Operation.SUBSCRIBE, "chat:1"));
    String nothing = times() + ",'x-ably-capability':{'news':['subscribe']}}";
    assertEquals(
        40160,
        auth.code(
            Credentials.ofToken(
                AuthFixture.jwt("{'alg':'HS256','kid':'demo.narrow'}", nothing, "other"))));
  }

  @Test
  void jwtsThatAreNotRightAreRefused() {
    String header = "{'alg':'HS256','kid':'demo.root'}";
    long now = auth.clock.millis() / 1_000;
    assertEquals(
        40144, auth.code(Credentials.ofToken(AuthFixture.jwt(header, times() + "}", "wrong"))));
    assertEquals(40144, auth.code(Credentials.ofToken("a.b.c")));
    assertEquals(
        40144,
        auth.code(
            Credentials.ofToken(AuthFixture.jwt("{'alg':'HS256'}", times() + "}", "s3cret"))));
    assertEquals(
        40144,
        auth.code(
            Credentials.ofToken(
                AuthFixture.jwt("{'alg':'HS384','kid':'demo.root'}", times() + "}", "s3cret"))));
    assertEquals(
        40144,
        auth.code(
            Credentials.ofToken(
                AuthFixture.jwt("{'alg':'none','kid':'demo.root'}", times() + "}", "s3cret"))));
    assertEquals(
        40144, auth.code(Credentials.ofToken(AuthFixture.jwt(header, "{'iat':1}", "s3cret"))));
    assertEquals(
        40144, auth.code(Credentials.ofToken(AuthFixture.jwt(header, "{'exp':'x'}", "s3cret"))));
    assertEquals(40144, auth.code(Credentials.ofToken(jwt(",'x-ably-clientId':7"))));
    assertEquals(40144, auth.code(Credentials.ofToken(jwt(",'x-ably-capability':'x'"))));
    assertEquals(40012, auth.code(Credentials.ofToken(jwt(",'x-ably-clientId':''"))));
    assertEquals(
        40142,
        auth.code(
            Credentials.ofToken(
                AuthFixture.jwt(
                    header, "{'iat':" + (now - 60) + ",'exp':" + now + "}", "s3cret"))));
    assertEquals(
        40400,
        auth.code(
            Credentials.ofToken(
                AuthFixture.jwt(
                    "{'alg':'HS256','kid':'invalid.invalid'}", times() + "}", "s3cret"))));
  }

  @Test
  void headersAreReadInEveryWayTheyAreSent() {
    String token = auth.tokenText(Map.of("clientId", "ada"));
    assertEquals(
        "demo.root",
        auth.principal(Credentials.of("Basic " + base64(AuthFixture.KEY), null, null, null))
            .keyName());
    assertEquals(
        "ada",
        auth.principal(Credentials.of("Bearer " + base64(token), null, null, null)).clientId());
    assertEquals(
        "ada", auth.principal(Credentials.of("bearer " + token, null, null, null)).clientId());
    assertEquals(
        "demo.root",
        auth.principal(Credentials.of("Bearer " + base64(jwt("")), null, null, null)).keyName());
    assertEquals(
        "demo.root",
        auth.principal(Credentials.of("Bearer " + jwt(""), null, null, null)).keyName());
    assertEquals("ada", auth.principal(Credentials.of(null, null, token, "ada")).clientId());
    assertEquals(40101, auth.code(Credentials.of("Basic !!!", null, null, null)));
    assertEquals(40101, auth.code(Credentials.of("Bearer !!!", null, null, null)));
  }

  @Test
  void noSecretIsEverPrinted() {
    String printed =
        new Credentials(AuthFixture.KEY, null, null)
            + " "
            + auth.apps.key("demo.root")
            + " "
            + auth.apps.app("demo")
            + auth.authenticator.authenticate(key("demo.root:guess", "ada"));
    assertFalse(printed.contains("s3cret"), printed);
    assertFalse(printed.contains("guess"), printed);
  }

  private Credentials timed(String claims) {
    return Credentials.ofToken(
        AuthFixture.jwt("{'alg':'HS256','kid':'demo.root'}", claims, "s3cret"));
  }

  private String refusal(Credentials credentials) {
    return auth.authenticator.authenticate(credentials) instanceof Authentication.Refused(var error)
        ? error.code() + " " + error.message()
        : "granted";
  }

  @Test
  void aWrongSignatureIsNamedAsSdksLookForIt() {
    String said =
        refusal(
            Credentials.ofToken(
                AuthFixture.jwt("{'alg':'HS256','kid':'demo.root'}", times() + "}", "wrong")));
    assertTrue(said.contains("signature verification failed"), said);
  }

  @Test
  void aJwtIsNotTakenBeforeItsTime() {
    long now = auth.clock.millis() / 1_000;
    String until = ",'exp':" + (now + 3_600) + "}";
    String early = refusal(timed("{'iat':" + now + ",'nbf':" + (now + 60) + until));
    assertTrue(early.startsWith("40144 ") && early.contains("nbf"), early);
    String ahead = refusal(timed("{'iat':" + (now + 180) + until));
    assertTrue(ahead.startsWith("40144 ") && ahead.contains("iat"), ahead);
    String noTime = refusal(timed("{'iat':" + now + ",'nbf':'x'" + until));
    assertTrue(noTime.startsWith("40144 ") && noTime.contains("nbf"), noTime);
    // Clocks differ a little.
    assertEquals("granted", refusal(timed("{'iat':" + now + ",'nbf':" + (now + 20) + until)));
    assertEquals("granted", refusal(timed("{'iat':" + (now + 100) + until)));
    assertEquals("granted", refusal(timed("{'iat':" + now + ",'nbf':" + (now - 20) + until)));
  }

  private static String unsigned(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTokenInSomebodyElsesJwtIsWhatCounts() {
    String token = auth.tokenText(Map.of("clientId", "ada"));
    String header = "{'alg':'RS256','x-ably-token':'" + token + "'}";
    String claims = "{'sub':'x','x-ably-token':'" + token + "'}";
    String inHeader = unsigned(header) + "." + unsigned("{}") + ".c2ln";
    String inClaims = unsigned("{'alg':'ES256'}") + "." + unsigned(claims) + ".c2ln";
    String encrypted = unsigned(header) + "..aXY.Ym9keQ.dGFn";
    String jwtInside =
        unsigned("{'alg':'none','x-ably-token':'" + jwt(",'x-ably-clientId':'ada'") + "'}")
            + "."
            + unsigned("{}")
            + ".c2ln";
    for (String text : new String[] {inHeader, inClaims, encrypted, jwtInside}) {
      assertEquals("ada", auth.principal(Credentials.ofToken(text)).clientId(), text);
    }
    auth.clock.move(Duration.ofHours(2));
    assertEquals(40142, auth.code(Credentials.ofToken(inHeader)));
  }

  @Test
  void aJwtThatIsNeitherOursNorCarriesATokenIsRefused() {
    String empty = unsigned("{'alg':'HS256'}") + "." + unsigned("{'x-ably-token':7}") + ".c2ln";
    assertEquals(40144, auth.code(Credentials.ofToken(empty)));
    String encrypted = unsigned("{'alg':'dir'}") + "..aXY.Ym9keQ.dGFn";
    assertEquals(40144, auth.code(Credentials.ofToken(encrypted)));
    String nested = unsigned("{'alg':'none','x-ably-token':'" + empty + "'}") + ".e30.c2ln";
    assertEquals(40144, auth.code(Credentials.ofToken(nested)));
  }

  @Test
  void aJwtMaySayHowFastItsClientPublishes() {
    String claim = ",'ably.limits.publish.perAttachment.maxRate.";
    Principal principal =
        auth.principal(
            Credentials.ofToken(jwt(claim + "*':10" + claim + "chat:*':0.5" + claim + "one':99")));
    assertEquals(10, principal.publishRate("other"));
    assertEquals(0.5, principal.publishRate("chat:lobby"));
    assertEquals(10, principal.publishRate("one"));
    assertEquals(0.5, principal.withClientId("ada").publishRate("chat:lobby"));
    assertEquals(0, auth.principal(Credentials.ofToken(jwt(""))).publishRate("other"));
    for (String value : new String[] {"'ten'", "0", "-1", "null", "[1]"}) {
      assertEquals(40144, auth.code(Credentials.ofToken(jwt(claim + "*':" + value))), value);
    }
  }
}
