package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcTest {
  @Test
  void cpuTimeIsUserAndSystemWhateverTheProgramIsCalled() {
    assertEquals(3.5, Proc.cpuSeconds("12 (a b) c) S 1 2 3 4 5 6 7 8 9 10 300 50 0 0 20 0"));
  }

  @Test
  void residentMemoryIsInBytes() {
    assertEquals(
        2048, Proc.residentBytes("VmPeak:\t 9 kB\nVmRSS:\t       2 kB\nRssAnon:\t 1 kB\n"));
  }

  @Test
  void threadsAreThoseOfTheOperatingSystem() {
    assertEquals(27, Proc.threads("VmRSS:\t 2 kB\nThreads:\t27\nSigQ:\t0/1\n"));
    assertTrue(Proc.self().threads() > 1);
  }

  @Test
  void theLiveHeapIsTheHistogramsTotal() {
    assertEquals(
        7890123,
        Proc.liveHeapBytes(
            " num  #instances  #bytes  class name\n   1:  9  72  [B\nTotal   123456   7890123\n"));
  }

  @Test
  void knowsItself() {
    assertTrue(Proc.self().residentBytes() > 0);
    assertTrue(Proc.self().cpuSeconds() > 0);
    assertTrue(Proc.self().openFiles() > 0);
  }

  @Test
  void theHardLimitOfOpenFilesCounts() {
    assertEquals(
        20000, Machine.openFilesLimit("Max open files            1024       20000      files\n"));
    assertEquals(
        Long.MAX_VALUE,
        Machine.openFilesLimit("Max open files            1024       unlimited  files\n"));
  }

  @Test
  void aBaselineTakesTheServersOptionsButNotItsArchives() {
    assertEquals(
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-Dio.netty.allocator.type=pooled"),
        Bench.comparableFlags(
            List.of(
                "java",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:AOTCache=a",
                "-XX:SharedArchiveFile=b",
                "-Xshare:auto",
                "-Dio.netty.allocator.type=pooled",
                "-Dother=x",
                "-cp",
                "a.jar")));
  }
}
