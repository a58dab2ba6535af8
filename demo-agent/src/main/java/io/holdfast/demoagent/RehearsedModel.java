package io.holdfast.demoagent;

import io.holdfast.client.Json;
import io.holdfast.sessions.UiChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A model without a model: it streams prose that was written beforehand, thinks first and calls
 * tools, at the pace of a real one. What it does follows from the words of the question.
 */
final class RehearsedModel implements Model {
  private final Rehearsal rehearsal;
  private final double perSecond;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;

  RehearsedModel(
      Rehearsal rehearsal, double perSecond, LongSupplier nanoTime, RandomGenerator random) {
    this.rehearsal = rehearsal;
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  @Override
  public Said answer(Prompt prompt, Sink out) throws InterruptedException, Broken {
    Pace pace = new Pace(perSecond, nanoTime);
    StringBuilder said = new StringBuilder();
    List<Turn.Call> calls = new ArrayList<>();
    for (Act act : rehearsal.acts(prompt)) {
      switch (act) {
        case Act.Says says -> {
          String id = id("text");
          out.take(new UiChunk.TextStart(id));
          for (String token : Rehearsal.tokens(says.text())) {
            pace.next();
            out.take(new UiChunk.TextDelta(id, token));
          }
          out.take(new UiChunk.TextEnd(id));
          said.append(says.text());
        }
        case Act.Thinks thinks -> {
          String id = id("reasoning");
          out.take(new UiChunk.ReasoningStart(id));
          for (String token : Rehearsal.tokens(thinks.text())) {
            pace.next();
            out.take(new UiChunk.ReasoningDelta(id, token));
          }
          out.take(new UiChunk.ReasoningEnd(id));
        }
        case Act.Calls call -> calls.add(called(call, pace, out));
        case Act.Fails fails -> throw new Broken(fails.why());
      }
    }
    return new Said(said.toString(), calls);
  }

  private Turn.Call called(Act.Calls call, Pace pace, Sink out) throws InterruptedException {
    UiChunk.ToolCall begun = new UiChunk.ToolCall(id("call"), call.tool());
    out.take(new UiChunk.ToolInputStart(begun));
    for (String token : Rehearsal.tokens(Json.write(call.input()))) {
      pace.next();
      out.take(new UiChunk.ToolInputDelta(begun.toolCallId(), token));
    }
    out.take(new UiChunk.ToolInputAvailable(begun, call.input()));
    return new Turn.Call(begun.toolCallId(), call.tool(), call.input());
  }

  private String id(String kind) {
    return kind + "-" + Long.toString(random.nextLong(1L << 50), Character.MAX_RADIX);
  }
}
