package io.holdfast.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was sent once is in the log once, and in a client's copy once. */
final class NothingAppliedTwice {
  static final String NAME = "nothing applied twice";

  private NothingAppliedTwice() {}

  /** In the log: as often as it was sent under another number at the most, once with an id. */
  static void inLog(Operation operation, String token, int times) {
    int most = operation.idempotencyKey() != null ? 1 : Math.max(1, operation.lives());
    if (times > most) {
      throw new Broken(NAME, token + " stands in the log " + times + " times: " + operation);
    }
  }

  /** An answer tells what a frame has made when it first came. */
  static void once(Operation operation, List<@Nullable String> serials, TrueChannel truth) {
    for (String serial : serials) {
      if (serial != null && truth.repeat(serial)) {
        throw new Broken(NAME, operation + " came again and has made " + serial);
      }
    }
  }

  /** What is not stored is not known when it comes again, and is told as often as that. */
  static void ephemeral(Client client, Operation operation, String token) {
    int times = client.channel(operation.channel()).ephemeral(token);
    if (times > operation.sends()) {
      throw new Broken(NAME, client.name() + " has heard " + operation + " " + times + " times");
    }
  }

  /** In a copy: no token is there more often than in the version it is a copy of. */
  static void inCopy(String copy, String truth, String what) {
    int end = -1;
    for (int start = 0; start < copy.length(); start = end + 1) {
      end = copy.indexOf(';', start);
      if (end < 0) {
        return;
      }
      String token = copy.substring(start, end + 1);
      if (copy.indexOf(token, end) >= 0 && truth.indexOf(token, truth.indexOf(token) + 1) < 0) {
        throw new Broken(NAME, what + " holds " + token + " twice: " + copy + " not " + truth);
      }
    }
  }
}
