package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  private static String base64(String expression) {
    return Base64.getEncoder().encodeToString(expression.getBytes(StandardCharsets.UTF_8));
  }

  private static Message message(
      String name, @Nullable String extras, @Nullable String data, @Nullable String encoding) {
    return new Message(
        MessageAction.CREATE,
        "id",
        name,
        data == null ? null : Data.text(data),
        encoding,
        "alice",
        null,
        null,
        7,
        extras == null ? null : Extras.of(extras),
        "serial",
        null);
  }

  private static boolean passes(String expression) {
    Message message =
        message(
            "greeting",
            "{\"headers\":{\"number\":26095,\"tag\":\"a\",\"list\":[1,2]}}",
            "{\"user\":{\"age\":3}}",
            "json");
    return Filter.of(base64(expression)).passes(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name == 'greeting'",
        "name == `\"greeting\"` && headers.number == `26095`",
        "headers.number > `1` && headers.tag != 'b'",
        "clientId == 'alice' || name == 'nobody'",
        "!(name == 'x')",
        "contains(headers.list, `2`)",
        "starts_with(name, 'gree')",
        "extras.headers.list[1] == `2`",
        "headers.list[?@ > `1`]",
        "data.user.age == `3`",
        "headers.\"tag\" == 'a'",
        "type(headers) == 'object'",
        "not_null(headers.none, name) == 'greeting'",
        "'[a,b] {x} &' != name",
      })
  void expressionsThatPass(String expression) {
    assertTrue(passes(expression), expression);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name == 'other'",
        "headers.number == '26095'",
        "headers.none",
        "nothing",
        "starts_with(headers.number, 'x')",
        "data.user.name",
      })
  void expressionsThatDoNot(String expression) {
    assertFalse(passes(expression), expression);
  }

  @Test
  void plainTextIsData() {
    Message message = message("n", null, "hello", null);
    assertTrue(Filter.of(base64("data == 'hello'")).passes(message));
    assertTrue(Filter.of(base64("data != 'x'")).passes(message("n", null, null, null)));
  }

  @Test
  void damagedJsonIsNoFault() {
    Filter filter = Filter.of(base64("data.x == `1`"));
    assertFalse(filter.passes(message("n", null, "{", "json")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "name ==",
        "name = 'x'",
        "nofunction(name)",
        "length()",
        "to_string(@)",
        "sort(headers.list)",
        "[name, name]",
        "[ name, name]",
        "{a: name}",
        "name | [@, @] | [@, @]",
        "max_by(headers.list, &@)",
        "((((((((((((((((((((((((((((((((((name))))))))))))))))))))))))))))))))))",
        "'unfinished",
      })
  void expressionsThatAreRefused(String expression) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Filter.of(base64(expression)));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("the filter"));
  }

  @ParameterizedTest
  @CsvSource({
    "sum(headers.list) > `1`,sum",
    "name == 'a(b' && to_string (@) == 'x',to_string",
    "length(keys(headers)) == `1`,keys",
  })
  void aFunctionThatFiltersDoNotHaveIsNamed(String expression, String function) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Filter.of(base64(expression)));
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.startsWith("the filter calls '" + function + "'"), said);
    assertTrue(said.contains("starts_with"), said);
  }

  @Test
  void whatLooksAtTooMuchOfAMessageDoesNotPass() {
    String some = "{\"list\":[" + "{\"a\":1},".repeat(100) + "{\"a\":1}]}";
    String many = "{\"list\":[" + "{\"a\":1},".repeat(6_000) + "{\"a\":1}]}";
    Filter filter = Filter.of(base64("data.list[*].a || data.list[*].b"));
    assertTrue(filter.passes(message("n", null, some, "json")));
    assertFalse(filter.passes(message("n", null, many, "json")));
    String text = "x".repeat(60_000);
    Filter once = Filter.of(base64("contains(data, 'x')"));
    assertTrue(once.passes(message("n", null, text, null)));
    Filter often = Filter.of(base64("contains(data, 'y') || ".repeat(25) + "name == 'n'"));
    assertFalse(often.passes(message("n", null, text, null)));
    assertTrue(often.passes(message("n", null, "x", null)));
  }

  @Test
  void whatIsNotBase64OrTooLongIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Filter.of("%%%"));
    assertThrows(
        IllegalArgumentException.class, () -> Filter.of(base64("name == '" + "x".repeat(1_024))));
  }

  @Test
  void filtersOfOneTextAreOne() {
    assertEquals(Filter.of(base64("name == 'a'")), Filter.of(base64(" name == 'a' ")));
    assertEquals(
        Filter.of(base64("name == 'a'")).hashCode(), Filter.of(base64("name == 'a'")).hashCode());
  }
}
