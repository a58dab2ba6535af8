package io.holdfast.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A fuzzer that sees no faults finds none. */
class FaultsTest {
  @Test
  void whatIsLoggedAsAFaultIsThrownOnce() {
    Faults faults = Faults.heard();
    IllegalStateException cause = new IllegalStateException("planted");
    LoggerFactory.getLogger(ConnectRequest.class).error("a channel failed", cause);
    AssertionError thrown = assertThrows(AssertionError.class, faults::check);
    assertEquals("a channel failed", thrown.getMessage());
    assertSame(cause, thrown.getCause());
    faults.check();
  }

  @Test
  void aClientIsNeverToldThatTheServerFailed() {
    Peer peer = new Peer(Runnable::run);
    peer.write(new SharedFrame(new Frame.Nack(0, 1, ErrorCode.RATE_LIMITED.info())));
    for (ErrorCode ours : new ErrorCode[] {ErrorCode.INTERNAL, ErrorCode.CHANNEL_FAILED}) {
      SharedFrame frame = new SharedFrame(new Frame.Disconnected(ours.info()));
      assertThrows(AssertionError.class, () -> peer.write(frame));
    }
  }
}
