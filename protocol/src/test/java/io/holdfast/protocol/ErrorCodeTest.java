package io.holdfast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {
  @ParameterizedTest
  @EnumSource
  void everyCodeSaysWhatHappenedAndWhatToDo(ErrorCode code) {
    assertSame(code, ErrorCode.of(code.number()));
    ErrorInfo info = code.info();
    assertEquals(code.number(), info.code());
    assertEquals(code.status(), info.statusCode());
    assertTrue(info.message().matches("[A-Z].+\\. [A-Z].+\\."), info.message());
    assertTrue(!info.message().contains(".."), info.message());
    String detailed = code.info("a detail").message();
    assertTrue(detailed.contains(": a detail. "), detailed);
  }

  @ParameterizedTest
  @EnumSource
  void theStatusIsAnHttpError(ErrorCode code) {
    assertTrue(code.status() >= 400 && code.status() < 600);
  }
}
