package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationTest {
  private static final String REVOCABLE =
      "{\"keys\":[{\"revocableTokens\":true},{\"revocableTokens\":true}]}";

  private final AuthFixture auth = new AuthFixture();
  private final ApiKey key = AuthFixture.key("root", "s3cret", Capability.ALL);

  private Credentials token(Map<String, Object> body) {
    return Credentials.ofToken(auth.tokenText(body));
  }

  private void revoke(String target, long before, long appliesAt) {
    auth.revocations.revoke(key, Revocation.Target.of(target), before, appliesAt);
  }

  @Test
  void tokensOfATargetIssuedBeforeATimeNoLongerHold() {
    Credentials ada = token(Map.of("clientId", "ada"));
    Credentials bob = token(Map.of("clientId", "bob"));
    auth.clock.move(Duration.ofMillis(10));
    long now = auth.clock.millis();
    revoke("clientId:ada", now, now);
    assertEquals(40141, auth.code(ada));
    assertEquals("bob", auth.principal(bob).clientId());
    assertEquals("ada", auth.principal(token(Map.of("clientId", "ada"))).clientId());
  }

  @Test
  void whatIsTakenBackAfterItWasReadIsFoundWhenItsConnectionBegins() {
    Principal ada = auth.principal(token(Map.of("clientId", "ada")));
    assertFalse(auth.authenticator.takenBack(ada));
    auth.clock.move(Duration.ofMillis(10));
    revoke("clientId:ada", auth.clock.millis(), auth.clock.millis());
    assertTrue(auth.authenticator.takenBack(ada));
    assertFalse(auth.authenticator.takenBack(auth.principal(token(Map.of("clientId", "ada")))));
  }

  @Test
  void aChannelIsATargetWhereACapabilityNamesIt() {
    Credentials narrow = token(Map.of("capability", "{\"a:b\":[\"publish\"]}"));
    Credentials wide = token(Map.of("capability", "{\"a:*\":[\"publish\"]}"));
    auth.clock.move(Duration.ofMillis(10));
    revoke("channel:a:b", auth.clock.millis(), auth.clock.millis());
    assertEquals(40141, auth.code(narrow));
    auth.principal(wide);
  }

  @Test
  void aMarginIsKeptAndLeavesWhatWasRevokedBefore() {
    Credentials first = token(Map.of("clientId", "ada"));
    auth.clock.move(Duration.ofMillis(10));
    revoke("clientId:ada", auth.clock.millis(), auth.clock.millis());
    Credentials second = token(Map.of("clientId", "ada"));
    auth.clock.move(Duration.ofMillis(10));
    revoke("clientId:ada", auth.clock.millis(), auth.clock.millis() + 30_000);
    assertEquals(40141, auth.code(first));
    auth.principal(second);
    auth.clock.move(Duration.ofSeconds(30));
    assertEquals(40141, auth.code(second));
    assertEquals(40141, auth.code(first));
  }

  // ---- JWTs, which say the second only ----

  /** One issued by a clock that is off by so much. */
  private Credentials jwt(Duration off) {
    long now = auth.clock.instant().plus(off).getEpochSecond();
    String claims = "{'iat':" + now + ",'exp':" + (now + 600) + ",'x-ably-clientId':'ada'}";
    return Credentials.ofToken(
        AuthFixture.jwt("{'alg':'HS256','kid':'demo.short'}", claims, "lived"));
  }

  private Revocation revokeAda() {
    long now = auth.clock.millis();
    return Revocation.none("demo.short", Revocation.Target.of("clientId:ada")).with(now, now, now);
  }

  private void storeAda() {
    ApiKey shortLived = auth.apps.key("demo.short");
    auth.revocations.revoke(
        Objects.requireNonNull(shortLived),
        Revocation.Target.of("clientId:ada"),
        auth.clock.millis(),
        auth.clock.millis());
  }

  @Test
  void aJwtOfTheSecondOfTheRevocationHoldsToItsEndAndNoLonger() {
    Credentials before = jwt(Duration.ZERO);
    auth.clock.move(Duration.ofMillis(1_400));
    Credentials sameSecond = jwt(Duration.ZERO);
    auth.clock.move(Duration.ofMillis(100));
    storeAda();
    assertEquals(40141, auth.code(before));
    auth.principal(sameSecond);
    auth.clock.move(Duration.ofMillis(499));
    auth.principal(jwt(Duration.ZERO));
    auth.clock.move(Duration.ofMillis(1));
    assertEquals(40141, auth.code(sameSecond));
    auth.principal(jwt(Duration.ZERO));
  }

  @Test
  void connectionsOfJwtsEndOnceWhatTheyGetInsteadIsNewer() {
    Principal jwt = auth.principal(jwt(Duration.ZERO));
    auth.clock.move(Duration.ofMillis(1_500));
    Revocation revocation = revokeAda();
    long now = auth.clock.millis();
    assertFalse(revocation.ends(jwt, now));
    assertEquals(List.of(now + 500), List.copyOf(revocation.moments(now)));
    assertTrue(revocation.ends(jwt, now + 500));
    auth.clock.move(Duration.ofMillis(500));
    assertFalse(revocation.ends(auth.principal(jwt(Duration.ZERO)), now + 500));
  }

  @Test
  void connectionsOfTokensThatSayTheMillisecondEndAtOnce() {
    ApiKey root = key;
    Principal ours = auth.principal(token(Map.of("clientId", "ada")));
    auth.clock.move(Duration.ofMillis(1));
    long now = auth.clock.millis();
    Revocation revocation =
        Revocation.none(root.name(), Revocation.Target.of("clientId:ada")).with(now, now, now);
    assertTrue(revocation.ends(ours, now));
    assertFalse(revocation.ends(auth.principal(token(Map.of("clientId", "ada"))), now + 60_000));
  }

  @Test
  void withAMarginAJwtIsAskedForOnceWhenAnotherWouldBeNewer() {
    Principal jwt = auth.principal(jwt(Duration.ZERO));
    auth.clock.move(Duration.ofMillis(1_500));
    long now = auth.clock.millis();
    Revocation revocation =
        Revocation.none("demo.short", Revocation.Target.of("clientId:ada"))
            .with(now, now + 30_001, now);
    assertEquals(List.of(now + 500, now + 30_001), List.copyOf(revocation.moments(now)));
    assertFalse(revocation.announces(jwt, 0, now));
    assertTrue(revocation.announces(jwt, now + 499, now + 500));
    assertFalse(revocation.announces(jwt, now + 30_000, now + 30_001));
    assertTrue(revocation.ends(jwt, now + 30_001));
    auth.clock.move(Duration.ofMillis(500));
    Principal next = auth.principal(jwt(Duration.ZERO));
    assertFalse(revocation.announces(next, 0, now + 500));
    assertFalse(revocation.ends(next, now + 30_001));
  }

  @Test
  void aJwtShownBeforeTheRevocationIsRevokedWhateverTimeItSays() {
    Credentials ahead = jwt(Duration.ofMinutes(1));
    Principal live = auth.principal(ahead);
    auth.clock.move(Duration.ofSeconds(5));
    storeAda();
    assertTrue(revokeAda().ends(live, auth.clock.millis() + 1_000));
    assertEquals(40141, auth.code(ahead));
    auth.clock.move(Duration.ofMinutes(2));
    assertEquals(40141, auth.code(ahead));
    auth.principal(jwt(Duration.ofMinutes(1)));
  }

  @Test
  void aSecondMarginPutsNothingOff() {
    Credentials first = token(Map.of("clientId", "ada"));
    auth.clock.move(Duration.ofMillis(10));
    revoke("clientId:ada", auth.clock.millis(), auth.clock.millis() + 30_000);
    auth.clock.move(Duration.ofSeconds(20));
    Credentials second = token(Map.of("clientId", "ada"));
    auth.clock.move(Duration.ofMillis(10));
    revoke("clientId:ada", auth.clock.millis(), auth.clock.millis() + 30_000);
    auth.principal(first);
    auth.clock.move(Duration.ofSeconds(10));
    assertEquals(40141, auth.code(first));
    auth.principal(second);
    auth.clock.move(Duration.ofSeconds(20));
    assertEquals(40141, auth.code(second));
    try (Revocations again = new Revocations(auth.registry, auth.clock)) {
      Authenticator restarted = new Authenticator(auth.apps, auth.secrets, again, auth.clock);
      assertTrue(restarted.authenticate(second) instanceof Authentication.Refused);
    }
  }

  @Test
  void whatIsPendingIsToldAgainAfterARestart() {
    long now = auth.clock.millis();
    revoke("clientId:ada", now, now + 30_000);
    revoke("clientId:bob", now, now);
    try (Revocations again = new Revocations(auth.registry, auth.clock)) {
      List<String> told = new ArrayList<>();
      again.listen(revocation -> told.add(revocation.target().toString()));
      assertEquals(List.of("clientId:ada"), told);
    }
  }

  @Test
  void whatIsPendingIsBoundedAndNeverPutOff() {
    Revocation revocation = Revocation.none("app.k", Revocation.Target.of("clientId:ada"));
    for (int i = 1; i <= 100; i++) {
      revocation = revocation.with(i, 1_000 + i, 0);
    }
    assertEquals(32, revocation.pending().size());
    assertEquals(new Revocation.Pending(1, 1_001), revocation.pending().getFirst());
    assertEquals(new Revocation.Pending(100, 1_032), revocation.pending().getLast());
  }

  @Test
  void aRevocationWrittenInTheOldWayIsRead() {
    byte[] bytes =
        Json.bytes(
            Json.object(
                "{'before':5,'pendingBefore':7,'appliesAt':9}"
                    .replace('\'', '"')
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    Revocation read = Revocation.read("app", "k/clientId:ada", bytes);
    assertEquals(List.of(new Revocation.Pending(7, 9)), read.pending());
    assertEquals(5, read.before());
  }

  @Test
  void theyOutliveARestartAndGoWhenNoTokenCanBeLeft() {
    Credentials ada = token(Map.of("clientId", "ada", "ttl", 3_600_000));
    auth.clock.move(Duration.ofMillis(10));
    revoke("clientId:ada", auth.clock.millis(), auth.clock.millis());
    try (Revocations again = new Revocations(auth.registry, auth.clock)) {
      Authenticator restarted = new Authenticator(auth.apps, auth.secrets, again, auth.clock);
      assertTrue(restarted.authenticate(ada) instanceof Authentication.Refused);
    }
    auth.clock.move(Duration.ofHours(2));
    revoke("clientId:bob", auth.clock.millis(), auth.clock.millis());
    assertEquals(1, auth.registry.scan("demo", Revocation.KIND, "", 10).join().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"invalidType:abc", "clientId", "clientId:", ""})
  void whatIsNoTargetIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Revocation.Target.of(text));
  }

  // ---- through the doors ----

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }

  private static HttpResponse<String> post(
      RunningServer server, String key, String version, String path, String body) throws Exception {
    return server.send(
        server
            .bare(path)
            .header("Authorization", RunningServer.basic(key))
            .header("X-Ably-Version", version)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void connectionsOfRevokedTokensEndOrAreAskedFirst() throws Exception {
    try (RunningServer server = RunningServer.inMemory("--sandbox")) {
      JsonNode app =
          json(server.send(server.bare("/apps").POST(BodyPublishers.ofString(REVOCABLE))));
      String key = app.path("keys").path(0).path("keyStr").asText();
      String keys = "/keys/" + app.path("keys").path(0).path("keyName").asText();
      Socket ada = connected(server, key, keys, "ada");
      Socket bob = connected(server, key, keys, "bob");
      JsonNode result =
          json(
              post(
                  server,
                  key,
                  "6",
                  keys + "/revokeTokens",
                  "{\"targets\":[\"clientId:ada\",\"nothing:x\"]}"));
      assertEquals(1, result.path("successCount").asInt());
      assertEquals(1, result.path("failureCount").asInt());
      assertEquals("clientId:ada", result.path("results").path(0).path("target").asText());
      assertTrue(result.path("results").path(0).path("issuedBefore").isNumber());
      assertEquals(400, result.path("results").path(1).path("error").path("statusCode").asInt());
      assertEquals(40141, ada.await(6).path("error").path("code").asInt());
      long now = System.currentTimeMillis();
      result =
          json(
              post(
                  server,
                  key,
                  "6",
                  keys + "/revokeTokens",
                  "{\"targets\":[\"clientId:bob\"],\"allowReauthMargin\":true}"));
      assertTrue(result.path("results").path(0).path("appliesAt").asLong() > now + 30_000);
      bob.await(17);
      assertFalse(bob.has(6));
    }
  }

  private static Socket connected(RunningServer server, String key, String keys, String client)
      throws Exception {
    JsonNode details =
        json(post(server, key, "6", keys + "/requestToken", "{\"clientId\":\"" + client + "\"}"));
    Socket socket = server.socket("v=6&format=json&access_token=" + details.path("token").asText());
    socket.await(4);
    return socket;
  }

  @Test
  void onlyTheKeyItselfRevokesItsTokens() throws Exception {
    try (RunningServer server = RunningServer.inMemory("--sandbox")) {
      JsonNode app =
          json(server.send(server.bare("/apps").POST(BodyPublishers.ofString(REVOCABLE))));
      String key = app.path("keys").path(0).path("keyStr").asText();
      String other = app.path("keys").path(1).path("keyStr").asText();
      String keys = "/keys/" + app.path("keys").path(0).path("keyName").asText();
      String body = "{\"targets\":[\"clientId:ada\"]}";
      JsonNode token = json(post(server, key, "6", keys + "/requestToken", "{}"));
      String path = keys + "/revokeTokens";
      HttpResponse<String> byToken =
          server.send(
              server
                  .bare(path)
                  .header("Authorization", "Bearer " + token.path("token").asText())
                  .POST(BodyPublishers.ofString(body)));
      assertEquals(40162, json(byToken).path("error").path("code").asInt());
      assertEquals(40162, code(post(server, other, "6", path, body)));
      assertEquals(40003, code(post(server, key, "6", path, "{\"targets\":[]}")));
      assertEquals(
          40003,
          code(
              post(
                  server,
                  key,
                  "6",
                  path,
                  "{\"targets\":[\"clientId:a\"],\"issuedBefore\":99999999999999}")));
      assertEquals(
          40003, code(post(server, key, "6", keys + "/requestToken", "{\"ttl\":3600001}")));
      JsonNode flat = json(post(server, key, "2", path, body));
      assertTrue(flat.isArray());
      assertEquals("clientId:ada", flat.path(0).path("target").asText());
    }
  }

  private static int code(HttpResponse<String> response) throws Exception {
    return json(response).path("error").path("code").asInt();
  }
}
