package io.holdfast.demoagent;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.holdfast.client.Json;
import io.holdfast.sessions.UiChunk;
import java.io.EOFException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a provider as it streams: what comes on the provider's thread is put out by the
 * thread that waits for the answer. At most 256 pieces wait; the provider is read no faster. When
 * nobody waits any more the exchange is ended.
 */
final class ProviderStream implements StreamingChatResponseHandler {
  private static final int WAITING_MAX = 256;
  private static final long LOOK_MS = 100;

  /** That the provider failed; the cause says how. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(Throwable cause) {
      super(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
      initCause(cause);
    }
  }

  /** One thing that came; true when it was the last. */
  private interface Event {
    boolean happen() throws InterruptedException, Failed;
  }

  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Model.Sink out;
  private final Supplier<String> ids;
  private volatile boolean begun;
  private volatile boolean left;

  // what follows is the waiting thread's
  private final StringBuilder text = new StringBuilder();
  private final List<Turn.Call> calls = new ArrayList<>();
  private final Map<Integer, UiChunk.ToolCall> begunCalls = new HashMap<>();
  private @Nullable String textId;
  private @Nullable String thoughtId;

  ProviderStream(Model.Sink out, Supplier<String> ids) {
    this.out = out;
    this.ids = ids;
  }

  /** Whether the provider had begun to answer. */
  boolean begun() {
    return begun;
  }

  /** Puts out what comes; blocks until the answer is whole. */
  Model.Said said() throws InterruptedException, Failed {
    try {
      boolean last = false;
      while (!last) {
        last = events.take().happen();
      }
      return new Model.Said(text.toString(), calls);
    } finally {
      left = true;
    }
  }

  // --- on the provider's thread ---

  private void add(Event event) {
    try {
      boolean taken = false;
      while (!taken && !left) {
        taken = events.offer(event, LOOK_MS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      // whoever interrupts the provider's thread wants no more of it
      Thread.currentThread().interrupt();
    }
  }

  private void add(Event event, StreamingHandle handle) {
    begun = true;
    if (left) {
      handle.cancel();
    } else {
      add(event);
    }
  }

  @Override
  public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
    add(() -> says(partial.text()), context.streamingHandle());
  }

  @Override
  public void onPartialThinking(PartialThinking partial, PartialThinkingContext context) {
    add(() -> thinks(partial.text()), context.streamingHandle());
  }

  @Override
  public void onPartialToolCall(PartialToolCall partial, PartialToolCallContext context) {
    add(() -> calls(partial), context.streamingHandle());
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall complete) {
    begun = true;
    add(() -> called(complete.index(), complete.toolExecutionRequest()));
  }

  @Override
  public void onCompleteResponse(ChatResponse response) {
    add(
        () -> {
          if (response.finishReason() == null) {
            throw new Failed(new EOFException("the stream ended and the answer did not"));
          }
          endParts();
          return true;
        });
  }

  @Override
  public void onError(Throwable error) {
    add(
        () -> {
          throw new Failed(error);
        });
  }

  // --- on the waiting thread ---

  private boolean says(String more) throws InterruptedException {
    if (more.isEmpty()) {
      return false;
    }
    String id = textId;
    if (id == null) {
      endParts();
      id = ids.get();
      textId = id;
      out.take(new UiChunk.TextStart(id));
    }
    out.take(new UiChunk.TextDelta(id, more));
    text.append(more);
    return false;
  }

  private boolean thinks(String more) throws InterruptedException {
    if (more.isEmpty()) {
      return false;
    }
    String id = thoughtId;
    if (id == null) {
      endParts();
      id = ids.get();
      thoughtId = id;
      out.take(new UiChunk.ReasoningStart(id));
    }
    out.take(new UiChunk.ReasoningDelta(id, more));
    return false;
  }

  private boolean calls(PartialToolCall partial) throws InterruptedException {
    UiChunk.ToolCall call = begunCalls.get(partial.index());
    if (call == null) {
      endParts();
      call = new UiChunk.ToolCall(partial.id(), partial.name());
      begunCalls.put(partial.index(), call);
      out.take(new UiChunk.ToolInputStart(call));
    }
    out.take(new UiChunk.ToolInputDelta(call.toolCallId(), partial.partialArguments()));
    return false;
  }

  private boolean called(int index, ToolExecutionRequest request)
      throws InterruptedException, Failed {
    endParts();
    UiChunk.ToolCall known = begunCalls.get(index);
    UiChunk.ToolCall call =
        known == null ? new UiChunk.ToolCall(request.id(), request.name()) : known;
    Object input;
    try {
      String arguments = request.arguments();
      input = Json.parse(arguments == null || arguments.isBlank() ? "{}" : arguments);
    } catch (IllegalArgumentException e) {
      out.take(new UiChunk.ToolInputFailure(call, request.arguments(), "The input is no JSON"));
      throw new Failed(e);
    }
    out.take(new UiChunk.ToolInputAvailable(call, input));
    calls.add(new Turn.Call(call.toolCallId(), call.toolName(), input));
    return false;
  }

  private void endParts() throws InterruptedException {
    String thought = thoughtId;
    if (thought != null) {
      thoughtId = null;
      out.take(new UiChunk.ReasoningEnd(thought));
    }
    String open = textId;
    if (open != null) {
      textId = null;
      out.take(new UiChunk.TextEnd(open));
    }
  }
}
