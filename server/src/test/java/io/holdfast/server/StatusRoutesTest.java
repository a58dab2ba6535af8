package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.channels.Timers;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.nodes.Nodes;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StatusRoutesTest {
  private final AuthFixture auth = new AuthFixture();
  private final Queue<Runnable> lane = new ArrayDeque<>();
  private final MemoryJournal journal =
      new MemoryJournal(new MemoryDisk(), auth.clock::millis, Runnable::run);
  private final Channels channels =
      new Channels(journal, List.of(new Lane(lane::add)), still(), ChannelSettings.DEFAULT, "boot");
  private final Rest rest = new Rest();

  StatusRoutesTest() {
    ChannelList list = new ChannelList(channels, Nodes.alone("boot"), Runnable::run);
    new StatusRoutes(auth.authenticator, channels, list).addTo(rest);
  }

  private Timers still() {
    return new Timers() {
      @Override
      public long now() {
        return auth.clock.millis();
      }

      @Override
      public Timer after(long ms, Runnable task) {
        return () -> {};
      }
    };
  }

  private CompletableFuture<Response> list(String query) {
    DefaultHttpHeaders headers = new DefaultHttpHeaders();
    headers.set("Authorization", RunningServer.basic(AuthFixture.KEY));
    return rest.answer(
        new Request("GET", Target.of("/channels" + query), headers, new byte[0], true));
  }

  private static String outcome(CompletableFuture<Response> answer) {
    Response response = answer.join();
    return response.fault() == null
        ? String.valueOf(response.status())
        : String.valueOf(response.fault().code());
  }

  private void runAll() {
    for (Runnable task = lane.poll(); task != null; task = lane.poll()) {
      task.run();
    }
  }

  @Test
  void channelsOfAnAppAreListedOnceAtATime() {
    var _ = channels.members(new ChannelId("demo", "a"));
    CompletableFuture<Response> first = list("");
    assertFalse(first.isDone());
    assertEquals("42912", outcome(list("")));
    runAll();
    assertEquals("200", outcome(first));
    CompletableFuture<Response> next = list("");
    runAll();
    assertEquals("200", outcome(next));
  }

  @Test
  void aListThatIsRefusedHoldsUpNoOther() {
    assertEquals("40011", outcome(list("?cursor=")));
    assertEquals("200", outcome(list("")));
  }
}
