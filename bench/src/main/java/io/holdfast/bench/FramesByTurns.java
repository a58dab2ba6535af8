package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;

/** Frames of several shapes, one after the other, again and again. */
final class FramesByTurns implements FrameShape {
  private final List<FrameShape> shapes;
  private int next;

  FramesByTurns(List<FrameShape> shapes) {
    this.shapes = List.copyOf(shapes);
  }

  @Override
  public ByteBuf encode(ByteBufAllocator allocator, long msgSerial, long stamp) {
    ByteBuf frame = shapes.get(next).encode(allocator, msgSerial, stamp);
    next = (next + 1) % shapes.size();
    return frame;
  }
}
