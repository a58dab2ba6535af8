package io.holdfast.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** What a reader wants to hear of: as it says so, and what that means said a second time. */
enum Sieve {
  NAMED("name == 'name1'"),
  NAMED_OTHERWISE("name != 'name0'"),
  OF_ONE("starts_with(data, 'c1.')"),
  /** Passes from some piece on. */
  PADDED("contains(data, '~')"),
  /** Passes no more from some piece on. */
  SHORT("data && length(data) < `120`"),
  STREAMING("extras.ai.transport.status == 'streaming'");

  private final String expression;

  Sieve(String expression) {
    this.expression = expression;
  }

  String encoded() {
    return Base64.getUrlEncoder().encodeToString(expression.getBytes(UTF_8));
  }

  boolean passes(TrueVersion version) {
    String text = version.text();
    return switch (this) {
      case NAMED -> "name1".equals(version.name());
      case NAMED_OTHERWISE -> !"name0".equals(version.name());
      case OF_ONE -> text.startsWith("c1.");
      case PADDED -> text.contains("~");
      case SHORT -> !text.isEmpty() && text.length() < 120;
      case STREAMING -> version.extras() != null && version.extras().contains("\"streaming\"");
    };
  }
}
