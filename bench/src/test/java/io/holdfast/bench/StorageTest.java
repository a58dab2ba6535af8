package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @Test
  void bytesAreThoseOfAllFilesButTheEnginesTextLogs(@TempDir Path directory) throws IOException {
    Path below = Files.createDirectories(directory.resolve("db"));
    Path first = Files.write(below.resolve("000001.sst"), new byte[300]);
    Path second = Files.write(directory.resolve("key"), new byte[20]);
    Files.write(below.resolve("LOG"), new byte[5000]);
    Files.write(below.resolve("LOG.old.17"), new byte[5000]);
    assertEquals(Files.size(first) + Files.size(second), StorageFigure.bytes(directory));
  }

  @Test
  void everyWaiterOfACommittedGroupIsTold(@TempDir Path directory) throws InterruptedException {
    int count = 100;
    var told = new ArrayList<Integer>();
    var all = new CountDownLatch(count);
    var committer =
        new GroupCommitter<Integer>(
            directory.toString(),
            group -> {
              told.addAll(group);
              group.forEach(waiter -> all.countDown());
            });
    var running = committer.start();
    var expected = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      expected.add(i);
      running.submit(new byte[20], i);
    }
    all.await();
    assertEquals(expected, told);
  }

  @Test
  void theNextPageIsRelativeToThisOne() {
    URI page = URI.create("http://127.0.0.1:1/channels/c/messages?limit=2");
    assertEquals(
        URI.create("http://127.0.0.1:1/channels/c/messages?limit=2&cursor=x"),
        HistoryReader.next(
            page,
            List.of(
                "<./messages?limit=2>; rel=\"first\"",
                "<./messages?limit=2&cursor=x>; rel=\"next\"")));
    assertNull(HistoryReader.next(page, List.of("<./messages?limit=2>; rel=\"first\"")));
  }

  @Test
  void proseIsTheSameForTheSameSeed() {
    var one = new Prose(new Random(1));
    var other = new Prose(new Random(1));
    for (int i = 0; i < 100; i++) {
      assertEquals(one.token(), other.token());
    }
  }
}
