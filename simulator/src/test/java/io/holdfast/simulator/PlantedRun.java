package io.holdfast.simulator;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Runs one history and tells which invariant it has broken; in whatever loader it is loaded. */
public final class PlantedRun implements LongFunction<@Nullable String> {
  @Override
  public @Nullable String apply(long seed) {
    try {
      new Simulator(Plant.NONE).run(seed);
      return null;
    } catch (AssertionError failed) {
      if (failed.getCause() instanceof Broken broken) {
        return broken.invariant();
      }
      throw failed;
    }
  }
}
