package io.holdfast.demoagent;

import io.holdfast.sessions.UiChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One answer from its first chunk to its last: the model is called, then the tools it wants, then
 * the model again with what they gave, until it wants none or a person has to be asked.
 */
final class Performance {
  private static final int MOST_STEPS = 6;

  private final Model model;
  private final Tools tools;
  private final Supplier<String> ids;

  /**
   * @param ids names for questions to people
   */
  Performance(Model model, Tools tools, Supplier<String> ids) {
    this.model = model;
    this.tools = tools;
    this.ids = ids;
  }

  /**
   * Puts out the answer; blocks until it is whole. An interrupt ends it.
   *
   * @param allowed calls of the conversation that were allowed and not run yet
   */
  void run(Prompt asked, List<Turn.Call> allowed, Model.Sink out) throws InterruptedException {
    out.take(new UiChunk.Start(null, null));
    Prompt prompt = asked;
    for (Turn.Call call : allowed) {
      prompt = prompt.followedBy(List.of(performed(call, out)));
    }
    for (int step = 0; step < MOST_STEPS; step++) {
      out.take(new UiChunk.StartStep());
      Model.Said said;
      try {
        said = model.answer(prompt, out);
      } catch (Model.Broken e) {
        out.take(new UiChunk.Failure(String.valueOf(e.getMessage())));
        finish("error", out);
        return;
      }
      List<Turn> more = new ArrayList<>();
      more.add(new Turn.Answered(said.text(), said.calls()));
      boolean waits = false;
      for (Turn.Call call : said.calls()) {
        if (Tools.needsApproval(call.tool())) {
          waits = true;
          out.take(new UiChunk.ToolApprovalRequest(call.id(), ids.get()));
        } else {
          more.add(performed(call, out));
        }
      }
      if (waits || said.calls().isEmpty()) {
        finish(waits ? "tool-calls" : "stop", out);
        return;
      }
      out.take(new UiChunk.FinishStep());
      prompt = prompt.followedBy(more);
    }
    out.take(new UiChunk.Finish("tool-calls", null));
  }

  private static void finish(String reason, Model.Sink out) throws InterruptedException {
    out.take(new UiChunk.FinishStep());
    out.take(new UiChunk.Finish(reason, null));
  }

  private Turn.Result performed(Turn.Call call, Model.Sink out) throws InterruptedException {
    Turn.Outcome outcome = tools.run(call);
    out.take(
        switch (outcome) {
          case Turn.Outcome.Given given ->
              new UiChunk.ToolOutputAvailable(call.id(), given.value());
          case Turn.Outcome.Failed failed -> new UiChunk.ToolOutputFailure(call.id(), failed.why());
          case Turn.Outcome.Denied denied -> new UiChunk.ToolOutputDenied(call.id());
        });
    return new Turn.Result(call, outcome);
  }
}
