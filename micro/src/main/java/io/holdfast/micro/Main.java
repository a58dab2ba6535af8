package io.holdfast.micro;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs all benchmarks, each in a JVM of its own, as often as it is told, and prints a line for each
 * comparison. Rounds follow each other so that what is compared is measured by turns.
 */
final class Main {
  private Main() {}

  /**
   * Measures.
   *
   * @param args rounds, iterations of each, and the milliseconds of one
   */
  public static void main(String[] args) throws RunnerException {
    int rounds = Integer.parseInt(args[0]);
    Options options = options(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    Map<String, List<Double>> scores = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (RunResult result : new Runner(options).run()) {
        scores.computeIfAbsent(name(result), name -> new ArrayList<>()).addAll(iterations(result));
      }
    }
    Comparison.ALL.forEach(comparison -> System.out.println(comparison.line(scores)));
    System.out.println("DONE");
  }

  private static Options options(int iterations, int millis) {
    TimeValue length = TimeValue.milliseconds(millis);
    return new OptionsBuilder()
        .include("io\\.holdfast\\.micro\\..*Benchmark\\..*")
        .mode(Mode.AverageTime)
        .timeUnit(TimeUnit.MICROSECONDS)
        .forks(1)
        .warmupIterations(2)
        .warmupTime(length)
        .measurementIterations(iterations)
        .measurementTime(length)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  /** Without the package. */
  private static String name(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    return benchmark.substring(Main.class.getPackageName().length() + 1);
  }

  private static List<Double> iterations(RunResult result) {
    List<Double> scores = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        scores.add(iteration.getPrimaryResult().getScore());
      }
    }
    return scores;
  }
}
