package io.holdfast.protocol;

import java.util.List;

/** One item of a batch publish (BSP2): the same messages to several channels. */
public record BatchSpec(List<String> channels, List<Message> messages) {
  public BatchSpec {
    channels = List.copyOf(channels);
    messages = List.copyOf(messages);
  }
}
