package io.holdfast.bench;

/** Memory of a process right after full collections, in bytes. */
record Memory(long resident, long heap) {
  static Memory of(Bench.Target target) {
    long heap = target.child().proc().liveHeapBytes();
    return new Memory(target.child().proc().residentBytes(), heap);
  }

  Memory minus(Memory before) {
    return new Memory(resident - before.resident, heap - before.heap);
  }
}
