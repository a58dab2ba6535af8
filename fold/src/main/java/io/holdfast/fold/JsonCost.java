package io.holdfast.fold;

import io.holdfast.protocol.Data;

/** What a text takes between its quotes in JSON, bytes. */
final class JsonCost {
  private JsonCost() {}

  static int of(String text) {
    return DataCost.of(Data.text(text));
  }
}
