package io.holdfast.client;

/** Puts clients together: the one place that knows all their parts. */
final class Wiring {
  private Wiring() {}

  static RealtimeClient realtime(ClientOptions options) {
    throw new UnsupportedOperationException("its parts are not there yet: " + options);
  }

  static RestClient rest(ClientOptions options) {
    throw new UnsupportedOperationException("its parts are not there yet: " + options);
  }
}
