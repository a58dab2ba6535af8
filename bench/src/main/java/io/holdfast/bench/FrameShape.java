package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** What one publisher sends again and again: frames of one shape, numbered from 0 on. */
interface FrameShape {
  ByteBuf encode(ByteBufAllocator allocator, long msgSerial, long stamp);
}
