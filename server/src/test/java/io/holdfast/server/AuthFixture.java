package io.holdfast.server;

import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.journal.MemoryRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.SplittableRandom;

/** An app with three keys over a registry in memory, and a clock that stands until it is moved. */
final class AuthFixture {
  static final String KEY = "demo.root:s3cret";

  /** Its tokens can be taken back. */
  static final String SHORT = "demo.short:lived";

  static final String NARROW = "demo.narrow:other";

  final TestClock clock = new TestClock();
  final MemoryRegistry registry =
      new MemoryRegistry(new MemoryJournal(new MemoryDisk(), clock::millis, Runnable::run));
  final Apps apps;
  final Secrets secrets;
  final Revocations revocations;
  final Authenticator authenticator;
  final TokenRequests requests;

  AuthFixture() {
    AppRecords records = new AppRecords(registry);
    records.write(
        new App(
            "demo",
            Terms.STANDARD,
            Map.of(
                "root",
                key("root", "s3cret", Capability.ALL),
                "short",
                new ApiKey("demo", "short", "lived", Capability.ALL, true, Origin.FILE),
                "narrow",
                key("narrow", "other", Capability.parse("{\"chat:*\":[\"publish\"]}"))),
            Map.of("frozen", new Rules(true, false, Duration.ofDays(1), Origin.FILE))));
    apps = new Apps(registry);
    secrets = new Secrets(registry, clock, new SplittableRandom(1));
    revocations = new Revocations(registry, clock);
    authenticator = new Authenticator(apps, secrets, revocations, clock);
    requests = new TokenRequests(registry, apps, secrets, clock, new SplittableRandom(2));
  }

  static ApiKey key(String id, String secret, Capability capability) {
    return new ApiKey("demo", id, secret, capability, false, Origin.FILE);
  }

  Principal principal(Credentials credentials) {
    return switch (authenticator.authenticate(credentials)) {
      case Authentication.Granted(Principal principal) -> principal;
      case Authentication.Refused(var error) -> throw new AssertionError(error.toString());
    };
  }

  int code(Credentials credentials) {
    return switch (authenticator.authenticate(credentials)) {
      case Authentication.Granted(Principal principal) ->
          throw new AssertionError("granted " + principal);
      case Authentication.Refused(var error) -> error.code();
    };
  }

  /** A JWT; apostrophes stand for the quotes of its JSON. */
  static String jwt(String header, String claims, String secret) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String signed =
        encoder.encodeToString(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
            + "."
            + encoder.encodeToString(claims.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    byte[] mac =
        Hmac.sha256(
            secret.getBytes(StandardCharsets.UTF_8), signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + encoder.encodeToString(mac);
  }

  /** A token for the first key with these fields of the request. */
  Map<String, Object> token(Map<String, Object> body) {
    return switch (requests.answer(
        "demo.root", body, principal(new Credentials(KEY, null, null)))) {
      case TokenRequests.Answer.Issued(var details) -> details;
      case TokenRequests.Answer.Refused(var error) -> throw new AssertionError(error.toString());
    };
  }

  /** The text of such a token. */
  String tokenText(Map<String, Object> body) {
    return String.valueOf(token(body).get("token"));
  }
}
