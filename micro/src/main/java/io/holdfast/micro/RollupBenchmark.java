package io.holdfast.micro;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Appends from their submission to their acknowledgement, ten in each window, beside the same ones
 * that are each an entry of its own. The disk is memory, which takes most of what a window saves.
 */
@State(Scope.Thread)
public class RollupBenchmark {
  private static final int APPENDS = 300;
  private static final int IN_A_WINDOW = 10;
  private static final int WINDOW_MILLIS = 40;

  @Benchmark
  @OperationsPerInvocation(APPENDS)
  public int rollup() {
    return stream(WINDOW_MILLIS);
  }

  @Benchmark
  @OperationsPerInvocation(APPENDS)
  public int rollupPlain() {
    return stream(0);
  }

  private static int stream(int window) {
    var room = new Room();
    room.submit(Samples.publish(0), 0);
    String serial = room.serial();
    for (int i = 1; i <= APPENDS; i++) {
      room.submit(Samples.append(i, serial), window);
      if (i % IN_A_WINDOW == 0) {
        room.endWindow(Samples.AGENT);
      }
    }
    int answered = room.answered();
    if (answered != APPENDS + 1) {
      throw new IllegalStateException(answered + " answers");
    }
    return answered;
  }
}
