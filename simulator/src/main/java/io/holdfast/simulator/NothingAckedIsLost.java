package io.holdfast.simulator;

import io.holdfast.fold.Serial;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was acknowledged is durable, under the serials that were told, and stays. */
final class NothingAckedIsLost {
  static final String NAME = "nothing acked is lost";

  private NothingAckedIsLost() {}

  /**
   * When the answer comes.
   *
   * @param answers what it may be answered with
   */
  static void durable(
      Operation operation, List<TrueChannel.Applied> answers, List<@Nullable String> serials) {
    if (answers.isEmpty()) {
      throw new Broken(NAME, operation + " is acked and not durable");
    }
    List<List<@Nullable String>> made = answers.stream().map(NothingAckedIsLost::serials).toList();
    if (!made.contains(serials)) {
      throw new Broken(NAME, operation + " is acked with " + serials + " and made " + made);
    }
  }

  private static List<@Nullable String> serials(TrueChannel.Applied applied) {
    List<@Nullable String> made = new ArrayList<>();
    for (int i = 0; i < applied.items(); i++) {
      made.add(new Serial(applied.cursor(), i).toString());
    }
    return made;
  }

  /** In the end. */
  static void there(Operation operation, TrueChannel truth) {
    for (String token : operation.tokens()) {
      if (truth.times(token) == 0 && !truth.expired(token)) {
        throw new Broken(NAME, token + " was acked and is not in the log: " + operation);
      }
    }
    if (operation.kind() == Operation.Kind.CREATE) {
      for (int i = 0; i < operation.serials().size(); i++) {
        String serial = operation.serials().get(i);
        TrueMessage message = serial == null ? null : truth.message(serial);
        if (truth.expired(operation.tokens().get(i))) {
          continue;
        }
        if (message == null
            || !message.versions().getFirst().text().equals(operation.tokens().get(i))) {
          throw new Broken(NAME, operation + " is acked as " + serial + ", which is " + message);
        }
      }
    }
  }
}
