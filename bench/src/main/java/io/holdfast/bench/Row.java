package io.holdfast.bench;

/**
 * A figure beside its baseline. The ratio is the product's median by the baseline's, whatever the
 * direction that is better; the name says which it is.
 */
record Row(String what, String unit, Samples product, String baselineName, Samples baseline) {
  static Row alone(String what, String unit, Samples product) {
    return new Row(what, unit, product, "", Samples.none());
  }

  boolean compares() {
    return !baseline.isEmpty() && baseline.median() != 0;
  }

  double ratio() {
    return product.median() / baseline.median();
  }
}
