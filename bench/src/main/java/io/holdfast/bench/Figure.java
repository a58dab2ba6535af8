package io.holdfast.bench;

import java.io.IOException;

/** One thing worth measuring. */
interface Figure {
  Report measure(Bench bench, Settings settings) throws IOException;
}
