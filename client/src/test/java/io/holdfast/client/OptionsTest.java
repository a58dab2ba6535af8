package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What options refuse when they are made, rather than when nothing works. */
class OptionsTest {
  private static ClientOptions.Builder options() {
    return ClientOptions.builder().key(FakeServer.KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8080", "http://h", "my_host", "a b", "user@h", "h?x", ""})
  void aHostThatNoAddressCanHaveIsRefused(String host) {
    assertThrows(IllegalArgumentException.class, options().host(host)::build);
    ClientOptions.Builder fallback = options().fallbackHosts(List.of("good", host));
    IllegalArgumentException why = assertThrows(IllegalArgumentException.class, fallback::build);
    assertTrue(String.valueOf(why.getMessage()).endsWith(host), why.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "main.realtime.example.com", "10.0.0.1", "::1", "[::1]"})
  void namesAndAddressesAreHosts(String host) {
    assertEquals(host, options().host(host).build().host());
  }

  @Test
  void waitsThatAreNoneOrForEverAreRefused() {
    Duration ever = Duration.ofSeconds(Long.MAX_VALUE);
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), ever)) {
      List<UnaryOperator<ClientOptions.Builder>> places =
          List.of(
              builder -> builder.requestTimeout(wrong),
              builder -> builder.webSocketPatience(wrong),
              builder -> builder.retry(wrong, ever),
              builder -> builder.suspendedRetry(wrong));
      for (UnaryOperator<ClientOptions.Builder> place : places) {
        assertThrows(IllegalArgumentException.class, place.apply(options())::build);
      }
    }
  }
}
