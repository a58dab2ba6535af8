package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A codec that an application might write: messages are texts, outputs are words. */
class OwnCodecTest {
  private static final class Words implements Codec<String, String> {
    @Override
    public String adapterTag() {
      return "words";
    }

    @Override
    public List<OutputWrite> encode(String output, String codecMessageId) {
      Map<String, String> fields = Map.of(KIND, "words");
      return switch (output) {
        case "<" -> List.of(new OutputWrite.Open("w", fields));
        case ">" -> List.of(new OutputWrite.Close("w", fields, null));
        default -> List.of(new OutputWrite.Delta("w", output));
      };
    }

    @Override
    public List<InputWrite> encode(Input<String> input) {
      String text = input instanceof Input.UserMessage<String> user ? user.message() : "";
      String kind = input.startsMessage() ? "said" : "regenerate";
      return List.of(new InputWrite(Map.of(KIND, kind), text, input.startsMessage(), Role.USER));
    }

    @Override
    public boolean folds(boolean input, String kind) {
      return kind.equals(input ? "said" : "words");
    }

    @Override
    public boolean holdsCall(String message, String toolCallId) {
      return false;
    }

    @Override
    public boolean forksForToolResults() {
      return false;
    }

    @Override
    public Fold<String> fold() {
      Map<String, String> messages = new LinkedHashMap<>();
      return new Fold<>() {
        @Override
        public void add(Piece piece) {
          messages.merge(piece.codecMessageId(), piece.text(), String::concat);
        }

        @Override
        public List<CodecMessage<String>> messages() {
          List<CodecMessage<String>> folded = new ArrayList<>();
          messages.forEach((id, text) -> folded.add(new CodecMessage<>(id, text)));
          return folded;
        }
      };
    }
  }

  @Test
  void itWorksInASessionLikeThoseThatComeWithIt() throws Exception {
    FakeBroker broker = new FakeBroker();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Surroundings surroundings =
          new Surroundings(threads, (delay, task) -> () -> {}, new Random(1));
      ClientSession<String> person =
          new ClientSession<>(
              new SessionCore<>(broker.channel("ada"), new Words(), surroundings, 1));
      AgentSession<String, String> agent =
          new AgentSession<>(
              new SessionCore<>(broker.channel("bot"), new Words(), surroundings, 1));
      person.connect();
      agent.connect();
      OpenableRun<String, String> run =
          agent.createRun(person.view().say("Say it.").toInvocation());
      run.start();
      run.end(run.pipe(List.of("<", "It ", "is ", "said.", ">").iterator()));
      ClientSession<String> late =
          new ClientSession<>(
              new SessionCore<>(broker.channel("late"), new Words(), surroundings, 1));
      late.connect();
      assertEquals(
          List.of("Say it.", "It is said."),
          late.view().loadAll().stream().map(CodecMessage::message).toList());
      assertEquals(person.view().messages(), late.view().messages());
    }
  }
}
