package io.holdfast.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LaneTest {
  private final World world = new World();
  private final List<Throwable> fatal = new ArrayList<>();
  private final Lane lane = new Lane(world.thread(), fatal::add);

  @Test
  void whatATaskCannotDealWithIsFatal() {
    Error error = new StackOverflowError("deep");
    lane.execute(
        () -> {
          throw error;
        });
    assertEquals(error, assertThrows(StackOverflowError.class, world::run));
    assertEquals(List.of(error), fatal);
  }

  @Test
  void aFaultOutsideOfAnyChannelIsFatalToo() {
    lane.execute(
        () -> {
          throw new IllegalStateException("once");
        });
    assertThrows(IllegalStateException.class, world::run);
    assertEquals(1, fatal.size());
  }

  @Test
  void anExecutorThatWasShutDownIsNot() {
    lane.execute(
        () -> {
          throw new RejectedExecutionException("stopped");
        });
    assertThrows(RejectedExecutionException.class, world::run);
    assertEquals(List.of(), fatal);
  }
}
