package io.holdfast.micro;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Entry;
import io.holdfast.fold.FoldLimits;
import io.holdfast.fold.Serial;
import java.util.List;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A token folded into a channel with an answer that grows to 300 of them. */
@State(Scope.Thread)
public class FoldBenchmark {
  private static final int TOKENS = 300;
  private static final long TIME = 1_700_000_000_000L;

  private final Entry published = new Entry(List.of(Samples.publish(0)), FoldLimits.DEFAULT);
  private final List<Entry> appends = appends(begun());

  private ChannelState begun() {
    var state = new ChannelState(1, FoldLimits.DEFAULT);
    var _ = state.apply(1, TIME, published);
    return state;
  }

  private static List<Entry> appends(ChannelState begun) {
    String serial = new Serial(begun.end(), 0).toString();
    return LongStream.rangeClosed(1, TOKENS)
        .mapToObj(n -> new Entry(List.of(Samples.append(n, serial)), FoldLimits.DEFAULT))
        .toList();
  }

  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public ChannelState fold() {
    ChannelState state = begun();
    long position = 1;
    for (Entry append : appends) {
      var _ = state.apply(++position, TIME, append);
    }
    return state;
  }

  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public StringBuilder foldPlain() {
    var text = new StringBuilder(Samples.TEXT);
    for (int i = 0; i < TOKENS; i++) {
      text.append(Samples.TOKEN);
    }
    return text;
  }
}
