package io.holdfast.bench;

/** Memory of a process right after full collections, in bytes. */
record Memory(double resident, double heap) {
  static Memory of(Bench.Target target) {
    return of(target.child());
  }

  static Memory of(Child child) {
    long heap = child.proc().liveHeapBytes();
    return new Memory((double) child.proc().residentBytes(), (double) heap);
  }

  Memory minus(Memory before) {
    return new Memory(resident - before.resident, heap - before.heap);
  }
}
